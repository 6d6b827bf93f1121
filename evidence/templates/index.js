"use strict";
const rows = [...document.querySelectorAll("#messages tbody tr")];
const texts = rows.map((row) => `${row.textContent} ${row.dataset.people}`.toLowerCase());
const words = document.getElementById("words");
const choices = [...document.querySelectorAll("select[data-facet]")];
const shown = document.getElementById("shown");
const fits = (row, choice) =>
  !choice.value || (row.dataset[choice.dataset.facet] || "").split("|").includes(choice.value);
const filter = () => {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  rows.forEach((row, n) => {
    const fit = wanted.every((word) => texts[n].includes(word)) && choices.every((one) => fits(row, one));
    row.hidden = !fit;
    count += fit;
  });
  shown.textContent = `${count.toLocaleString("en-GB")} of ${rows.length.toLocaleString("en-GB")} shown`;
};
words.addEventListener("input", filter);
choices.forEach((one) => one.addEventListener("change", filter));
document.getElementById("filters").hidden = false;
filter();
