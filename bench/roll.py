"""A roll of 100,000 invented people: what it costs, and whom ordinary mail is mistaken for.

Every name is put together from common British ones, so that the mail of strangers meets as many
of them as it can: worse than any real roll.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from random import Random

import psutil

from bench.detectors import HAM, texts
from detectors.evaluate import at_least
from detectors.pupil_on_roll import raised
from detectors.roll import Roll
from detectors.roll_file import ROLL_FILE, save
from detectors.roll_forms import Enrolled
from detectors.scan import Scanner
from section9 import Confidence, Finding, PersonRole

PEOPLE = 100_000
ROUNDS = 3
GIVEN = """
Aaron Abigail Adam Aidan Aisha Alan Alex Alexander Alexandra Alfie Alice Alisha Amber Amelia Amy
Andrea Andrew Angela Anna Anne Anthony Archie Ashley Ava Barbara Barry Bella Ben Benjamin Beth
Bethany Bobby Bradley Brian Callum Cameron Carl Carol Caroline Catherine Charles Charlie Charlotte
Chloe Chris Christine Christopher Claire Colin Connor Craig Daisy Daniel Darren David Dawn Dean
Debbie Deborah Denise Dennis Diane Donna Dylan Edward Eleanor Elizabeth Ella Ellie Emily Emma Eric
Erin Ethan Eva Evie Faith Fatima Finley Fiona Florence Frances Frank Freddie Freya Gareth Gary
Gemma Geoffrey George Georgia Gillian Grace Graham Grant Hannah Harley Harriet Harrison Harry
Harvey Heather Helen Henry Holly Hope Hugh Ian Imogen Isaac Isabel Isabella Isla Jack Jackie Jacob
Jacqueline Jade Jake James Jamie Jan Jane Janet Jasmine Jason Jean Jennifer Jenny Jeremy Jessica
Jill Joan Joanna Joanne Joe Joel John Jonathan Jordan Joseph Joshua Joy Joyce Judith Julia Julian
June Karen Karl Kate Katherine Kathleen Katie Keith Kelly Kenneth Kerry Kevin Kieran Kim Kirsty
Kyle Laura Lauren Leah Lee Leo Leon Lesley Lewis Liam Lily Linda Lisa Logan Lola Louis Louise
Lucas Lucy Luke Lydia Lynn Maisie Malcolm Margaret Maria Marie Marion Mark Martin Mary Mason
Matilda Matthew Maureen Max Maya Megan Melanie Melissa Mia Michael Michelle Millie Mohammed Molly
Muhammad Naomi Natalie Nathan Neil Niamh Nicholas Nicola Nigel Noah Oliver Olivia Oscar Owen Paige
Pamela Patricia Patrick Paul Pauline Peter Philip Phoebe Poppy Rachel Raymond Rebecca Rhys Richard
Robert Robin Roger Ronald Rose Rosie Ruby Russell Ruth Ryan Sally Sam Samantha Samuel Sandra Sarah
Scarlett Scott Sean Sebastian Shannon Sharon Sheila Simon Sophia Sophie Stella Stephanie Stephen
Steven Stuart Sue Summer Susan Suzanne Sylvia Tara Teresa Terry Theo Thomas Tim Timothy Toby Tom
Tony Tracey Tyler Valerie Vanessa Victoria Vincent Wayne Wendy Will William Yasmin Yusuf Yvonne
Zac Zara Zoe
""".split()  # noqa: SIM905 - names read best as words
SURNAMES = """
Adams Adamson Ahmed Akhtar Alexander Ali Allan Allen Anderson Andrews Archer Armstrong Arnold
Ashton Atkins Atkinson Austin Bailey Baker Baldwin Ball Banks Barber Barker Barlow Barnes Barnett
Barrett Barry Bartlett Barton Bates Baxter Beaumont Begum Bell Bennett Benson Bentley Berry Bevan
Bibi Birch Bird Bishop Black Blake Bolton Bond Booth Bowen Bowman Boyd Boyle Bradley Bradshaw
Brady Bray Brennan Briggs Brooks Brown Browne Bruce Bryant Buckley Bull Burgess Burke Burns
Burrows Burton Bush Butcher Butler Byrne Cameron Campbell Carey Carr Carroll Carter Cartwright
Chadwick Chambers Chan Chandler Chapman Charlton Chen Clark Clarke Clayton Clements Cole Coleman
Coles Collins Connolly Connor Conway Cook Cooke Cooper Cox Craig Crawford Cross Crossley
Cunningham Curtis Dale Daly Daniel Daniels Davidson Davies Davis Davison Dawson Day Dean Dennis
Dickinson Dixon Dobson Doherty Donnelly Douglas Doyle Drake Duffy Duncan Dunn Dyer Edwards Elliott
Ellis Evans Farmer Farrell Faulkner Ferguson Field Fisher Fitzgerald Fleming Fletcher Flynn Ford
Forster Foster Fowler Fox Francis Franklin Fraser Freeman French Frost Fuller Gallagher Gardiner
Gardner Garner George Gibbons Gibbs Gibson Gilbert Giles Gill Glover Goddard Godfrey Goodman
Goodwin Gordon Gough Gould Graham Grant Gray Green Greenwood Gregory Griffin Griffiths Hale Hall
Hamilton Hammond Hancock Hanson Harding Hardy Harper Harris Harrison Hart Hartley Harvey Hawkins
Hayes Haynes Hayward Heath Henderson Henry Herbert Hewitt Hicks Higgins Hill Hilton Hobbs Hodgson
Holden Holland Holloway Holmes Holt Hooper Hope Hopkins Horton Houghton Howard Howarth Howe Howell
Howells Hudson Hughes Humphreys Humphries Hunt Hunter Hurst Hussain Hutchinson Hyde Ingram Iqbal
Irving Jackson Jacobs James Jarvis Jenkins Jennings John Johnson Johnston Jones Jordan Joyce Kaur
Kay Kelly Kemp Kennedy Kent Kerr Khan King Kirby Kirk Knight Knowles Lamb Lambert Lane Law
Lawrence Lawson Leach Lee Lees Leonard Lewin Lewis Lloyd Logan Long Lord Lowe Lucas Lynch Lyons
Macdonald Mackenzie Mahmood Mann Manning Marsden Marsh Marshall Martin Mason Matthews May McCarthy
McDonald McGrath McKenzie McLean Mellor Metcalfe Middleton Miles Miller Mills Mistry Mitchell
Moore Moran Morgan Morley Morris Morrison Morton Moss Murphy Murray Myers Nash Naylor Nelson
Newman Newton Nicholls Nicholson Nixon Noble Nolan Norman Norris North Norton O'Brien O'Connor
O'Donnell O'Neill O'Sullivan Oliver Osborne Owen Owens Page Palmer Park Parker Parkin Parkinson
Parry Parsons Patel Paterson Patterson Payne Peacock Pearce Pearson Perkins Perry Peters Phillips
Pickering Pollard Poole Pope Porter Potter Potts Powell Power Pratt Preston Price Pritchard Pugh
Quinn Rahman Read Reed Rees Reeves Reid Reynolds Rhodes Rice Richards Richardson Riley Roberts
Robertson Robinson Robson Rogers Rose Ross Rowe Rowley Russell Ryan Sanders Sanderson Saunders
Savage Schofield Scott Shah Sharp Sharpe Shaw Shepherd Sheppard Short Simmons Simpson Sims
Sinclair Singh Skinner Slater Smart Smith Spencer Stanley Steele Stephens Stephenson Stevens
Stevenson Stewart Stokes Stone Storey Sullivan Summers Sutton Swift Sykes Talbot Taylor Thomas
Thompson Thomson Thornton Thorpe Tomlinson Townsend Tucker Turnbull Turner Tyler Vaughan Vincent
Wade Walker Wall Wallace Wallis Walsh Walters Walton Ward Warner Warren Waters Watkins Watson
Watts Webb Webster Weston Wheeler White Whitehead Whitehouse Whittaker Wilkins Wilkinson Williams
Williamson Willis Wilson Winter Wong Wood Woods Woodward Wright Wyatt Yates Young
""".split()  # noqa: SIM905 - names read best as words


def main() -> None:
    """Print what a roll costs, and how often ordinary mail is mistaken."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ROLL_FILE
        began = time.perf_counter()
        count = save(path, people(Random(9)))  # noqa: S311 - not for secrets
        seconds = time.perf_counter() - began
        print(f"{count:,} people hashed in {seconds:.1f} s, {path.stat().st_size / 2**20:.1f} MiB")
        roll = opened(path)
        mails = [list(texts(one)) for one in sorted(chain(HAM.glob("*-ham-*/*")))]
        if mails:
            compare(mails, roll)


def people(random: Random) -> Iterator[Enrolled]:
    """Yield as many different names as asked, nine in ten of them pupils."""
    pairs = random.sample(range(len(GIVEN) * len(SURNAMES)), PEOPLE)
    for number in pairs:
        given, surname = GIVEN[number % len(GIVEN)], SURNAMES[number // len(GIVEN)]
        role = PersonRole.STAFF if random.random() < 0.1 else PersonRole.STUDENT  # noqa: PLR2004 - one in ten
        yield Enrolled(f"{given} {surname}", role)


def opened(path: Path) -> Roll:
    """Open the roll as a worker does, and print what that takes."""
    process = psutil.Process()
    before, began = process.memory_info(), time.perf_counter()
    roll = Roll(path)
    seconds, after = time.perf_counter() - began, process.memory_info()
    own = (after.rss - after.shared - before.rss + before.shared) / 2**20
    print(f"opened in {seconds * 1000:.1f} ms, {own:.1f} MiB of a worker's own memory")
    return roll


def compare(mails: list[list[str]], roll: Roll) -> None:
    """Print the speed without and with the roll, and the alarms with it."""
    scanners = {"without": Scanner(), "with": Scanner(roll=roll)}
    best: dict[str, float] = {}
    for name in list(scanners) * ROUNDS:  # in turn: other work on the machine comes and goes
        began = time.process_time()
        found = [list(chain(*map(scanners[name].scan_text, mail))) for mail in mails]
        best[name] = max(best.get(name, 0), len(mails) / (time.process_time() - began))
    for name, rate in best.items():
        print(f"{rate:,.0f} mails a second on one core {name} a roll")
    alarms("as read", found)
    alarms("as if all had left the Trust", [list(raised(each)) for each in found])


def alarms(what: str, found: list[list[Finding]]) -> None:
    """Print how many mails got a finding of the two rules, low and surer."""
    ours = [[one for one in each if one.rule.startswith("pupil-")] for each in found]
    rules = Counter(
        rule for each in ours for rule in {one.rule for one in at_least(each, Confidence.MEDIUM)}
    )
    flagged = sum(bool(at_least(each, Confidence.MEDIUM)) for each in ours)
    print(
        f"{what}: {sum(map(bool, ours)):,} mails name somebody; {flagged} medium or above "
        f"({flagged / len(ours):.2%}): {dict(rules)}"
    )


if __name__ == "__main__":
    main()
