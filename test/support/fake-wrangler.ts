/**
 * A `wrangler` for the PATH that only writes down what it is told, without the
 * temporary folder's name, and keeps what it was to upload. It lists the secrets
 * that the test gives each Worker and the versions that serve, and fails for the
 * Worker that the test says.
 */
export const FAKE_WRANGLER = `#!/usr/bin/env bash
line=
for argument; do
  case "$argument" in
    */state/wrangler.json|*/jobs/wrangler.json|*/router/wrangler.json) folder=$(dirname "$argument"); part=$(basename "$folder"); argument=$part/wrangler.json;;
    */secrets.json) secrets=$argument; argument=secrets.json;;
  esac
  line="$line \${argument:-[]}"
done
echo "\${line# }" >> "$FAKE_RECORD"
if [ "$1" = secret ]; then
  list=FAKE_SECRETS_$part
  if [ -z "\${!list}" ]; then echo "ERROR This Worker does not exist" >&2; exit 1; fi
  echo "\${!list}"
  exit 0
fi
if [ "$1" = deployments ]; then
  if [ -z "$FAKE_SERVING" ]; then echo "ERROR This Worker does not exist" >&2; exit 1; fi
  echo "$FAKE_SERVING"
  exit 0
fi
if [ "$1 $2" = "versions list" ]; then echo "$FAKE_VERSIONS"; exit 0; fi
if [ "$1 $2" = "versions upload" ] && [ "$FAKE_MIGRATES" = "$part" ]; then
  echo "ERROR This Worker has a pending Durable Object migration" >&2; exit 1
fi
if [ "$FAKE_BROKEN" = "$part" ]; then echo "ERROR no such account" >&2; exit 1; fi
if [ "$1 $2" = "versions deploy" ] || [ "$1" = rollback ]; then exit 0; fi
if [ "$1" = versions ]; then echo "Worker Version ID: $FAKE_VERSION"; exit 0; fi
mkdir -p "$FAKE_UPLOADS" && cp -r "$folder" "$FAKE_UPLOADS/"
if [ -n "$secrets" ]; then cp "$secrets" "$FAKE_UPLOADS/$part/"; fi
echo "Deployed $part"
`;
