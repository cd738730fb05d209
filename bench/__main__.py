"""`make bench`: every benchmark, one table after the other."""

from bench import deprovisioning, lists, oidc, saml, scim

saml.main()
print()
oidc.main()
print()
scim.main([])
print()
deprovisioning.main([])
print()
lists.main([])
