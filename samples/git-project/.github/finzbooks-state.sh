#!/usr/bin/env bash
# Where the state of the books is between two runs: as JSON lines on a branch of its own.
#
#   bash .github/finzbooks-state.sh fetch    brings it into this folder, if there is one yet
#   bash .github/finzbooks-state.sh store    puts it back as one commit on top of the one that was fetched
#
# Run it in the folder of finzbooks.yaml. It touches neither the branch that is checked out nor the index.
set -euo pipefail

branch=finzbooks-state
file=finzbooks.state.jsonl
state=finzbooks.state.db
fetched=refs/finzbooks/state # the commit that the state in this folder came from

fetch() {
  local code=0
  git ls-remote --exit-code origin "refs/heads/$branch" >/dev/null || code=$?
  if [ "$code" -eq 2 ]; then # the server answered, and has no such branch; any other code may be a lost line
    echo "There is no branch $branch yet: this is the first run."
    git for-each-ref --format='delete %(refname)' "$fetched" | git update-ref --stdin
    return
  elif [ "$code" -ne 0 ]; then
    echo "::error title=state-not-fetched::The branch $branch could not be looked for. Nothing was done; run it again."
    return 1
  fi
  git fetch --quiet --no-tags origin "+refs/heads/$branch:$fetched"
  git cat-file blob "$fetched:$file" >"$file"
  finz-import state import "$file" .
}

store() {
  if [ ! -e "$state" ]; then
    echo "There is no state here, so there is nothing to store."
    return
  fi
  finz-import state export . >"$file"
  local blob tree commit parent
  blob=$(git hash-object -w --no-filters "$file")
  parent=$(git for-each-ref --format='%(objectname)' "$fetched")
  if [ -n "$parent" ] && [ "$(git rev-parse "$parent:$file")" = "$blob" ]; then
    echo "The state is as it was fetched."
    return
  fi
  tree=$(printf '100644 blob %s\t%s\n' "$blob" "$file" | git mktree)
  commit=$(git commit-tree "$tree" ${parent:+-p "$parent"} -m "State after $(git log -1 --format='%h %s')")
  push "$commit" "$parent"
}

push() { # never with force: a state that somebody else stored meanwhile must not be lost
  local commit=$1 parent=$2 wait now
  for wait in 0 2 8 30; do
    sleep "$wait"
    git push --quiet origin "$commit:refs/heads/$branch" || true
    now=$(git ls-remote origin "refs/heads/$branch") || continue # the line is down: once more
    now=${now%%[[:space:]]*}
    if [ "$now" = "$commit" ]; then # also if only the answer was lost
      git update-ref "$fetched" "$commit"
      echo "Stored on $branch as $commit."
      return
    elif [ "$now" != "$parent" ]; then
      echo "::error title=state-not-stored::Another run has stored a state meanwhile. Keep $file, and compare the two."
      return 1
    fi
  done
  echo "::error title=state-not-stored::The state could not be pushed to $branch. Keep $file: the next run needs it."
  return 1
}

case "${1:-}" in
  fetch | store) "$1" ;;
  *)
    echo "usage: bash .github/finzbooks-state.sh fetch|store" >&2
    exit 2
    ;;
esac
