"""`make bench`: every benchmark, one table after the other."""

from bench import oidc, saml, scim

saml.main()
print()
oidc.main()
print()
scim.main([])
