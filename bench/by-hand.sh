#!/usr/bin/env bash
# The work of an accepted run as somebody would do it by hand: clone, apply, pytest twice in a bare bubblewrap, commit,
# digests. It asks nobody, judges nothing, proves nothing. usage: by-hand.sh TARGET PATCH SCRATCH
set -euo pipefail
target=$1 patch=$2 scratch=$3
sandbox() {
  bwrap --unshare-all --die-with-parent --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
    --proc /proc --dev /dev --tmpfs /tmp --ro-bind "$1" /workspace --chdir /workspace --clearenv --setenv PATH /usr/bin \
    --setenv PYTHONDONTWRITEBYTECODE 1 --setenv PYTEST_ADDOPTS "-p no:cacheprovider" python3 -m pytest -q
}
git clone -q --no-hardlinks "$target" "$scratch/work"
git clone -q --no-hardlinks "$target" "$scratch/base"
git -C "$scratch/work" apply "$patch"
sandbox "$scratch/base"
sandbox "$scratch/work"
git -C "$scratch/work" -c user.name=hand -c user.email=hand@sample.invalid -c commit.gpgSign=false commit -qam "by hand"
git -C "$scratch/work" diff HEAD~1 > "$scratch/patch.diff"
(cd "$scratch" && find . -type f -not -path '*/.git/*' -print0 | xargs -0 sha256sum > SHA256SUMS)
