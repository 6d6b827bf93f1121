# Section 9 as an image: everything in one virtual environment, run by an account that owns
# nothing but the data. The root file system may be read-only; what changes lies in /data.

FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY requirements.txt .
RUN python -m venv /opt/section9 \
    && /opt/section9/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md section9.py people.py cli.py ./
COPY archive archive
COPY cases cases
COPY commands commands
COPY detectors detectors
COPY evidence evidence
COPY ingest ingest
COPY search search
RUN /opt/section9/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10009 --user-group --no-create-home section9 \
    && install --directory --owner=section9 --group=section9 --mode=0750 /data
COPY --from=build /opt/section9 /opt/section9
ENV PATH=/opt/section9/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    SECTION9_HOME=/data
USER 10009
VOLUME /data
EXPOSE 2525
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import socket; socket.create_connection(('127.0.0.1', 2525), 3).close()"]
ENTRYPOINT ["section9"]
CMD ["serve"]
