#!/bin/sh
# Makes a self-signed certificate for the host of BASE_URL, so that the first start works. A certificate that is already
# in the folder CERTIFICATES stays. The nginx image runs this before nginx starts.
set -eu

certificate=$CERTIFICATES/tls.crt
key=$CERTIFICATES/tls.key

if [ -s "$certificate" ] && [ -s "$key" ]; then
    exit 0
fi
if [ -e "$certificate" ] || [ -e "$key" ]; then
    echo "Expected both $certificate and $key, or neither; one is missing or empty." >&2
    exit 1
fi

host=${BASE_URL#*://}
host=${host%%/*}
host=${host%:*}
case $host in
    *[!0-9.]*) name="DNS:$host" ;;
    *) name="IP:$host" ;;
esac

umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 397 -subj "/CN=Torque SSO, self-signed" \
    -addext "subjectAltName=$name" -keyout "$key.new" -out "$certificate.new" 2>/dev/null
mv "$key.new" "$key"
mv "$certificate.new" "$certificate"
echo "Made a self-signed certificate for $host. Browsers will warn: put your own into tls.crt and tls.key."
