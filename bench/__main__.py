"""`make bench`: every benchmark, one table after the other."""

from bench import oidc, saml

saml.main()
print()
oidc.main()
