"""Tests, mirroring core/. A regular package, because a dependency installs one of the same name."""
