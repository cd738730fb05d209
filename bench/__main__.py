"""`make bench`: every benchmark, one table after the other."""

from bench import departures, lists, oidc, saml, scim

saml.main()
print()
oidc.main()
print()
scim.main([])
print()
departures.main([])
print()
lists.main([])
