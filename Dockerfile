# The product and nothing else: see compose.yaml.
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATE_DIR=/tmp/torque-sso
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt
COPY manage.py gunicorn.conf.py ./
COPY torque_sso torque_sso
COPY common common
COPY console console
COPY accounts accounts
COPY spaces spaces
COPY scim scim
COPY templates templates
COPY static static
USER nobody
