# --- builder: the pinned libraries, in a virtual environment that moves over as one folder ------
FROM python:3.12-slim AS builder

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1

COPY requirements/run.txt /tmp/run.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes --no-deps -r /tmp/run.txt

# --- runtime: no compiler, no pip cache, no root ------------------------------------------------
FROM python:3.12-slim

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATABASE_URL=sqlite:////app/data/saring.db \
    MODEL_DIR=/app/data/model

RUN groupadd --system --gid 10001 saring \
    && useradd --system --uid 10001 --gid saring --no-create-home --home-dir /app saring \
    && mkdir -p /app/data \
    && chown saring:saring /app/data

WORKDIR /app
COPY --from=builder /opt/venv /opt/venv
COPY alembic.ini pyproject.toml ./
COPY migrations migrations
COPY classifiers classifiers
COPY bot bot

USER saring
# A named volume takes over the owner of this folder; a folder of the host must belong to 10001.
VOLUME /app/data

# Everything but Telegram: settings, database, schema, model. It takes about two seconds of one core,
# so it is not asked often; a bot that ends is seen at once by its exit code.
HEALTHCHECK --interval=5m --timeout=60s --start-period=2m --retries=2 \
    CMD ["python", "-m", "bot", "doctor", "--offline"]

ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
