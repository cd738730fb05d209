"""Here `okta` is an OpenID provider, as everywhere outside these folders."""

from tests.support.provider_fixtures import okta as okta
