"""Requests to tell two texts or folders apart: diff, comm, cmp.

Not for putting them together: that is `text_columns`."""

from __future__ import annotations

from codefusion.data.bash_generator.command_table import read_table

_COMPARISONS = r"""
5 Compare {file} and {file2}[ line by line|]|<Show> [the |]differences between {file} and
  {file2}|[Compare|Diff] the files {file} and {file2}|<Show> [what differs|the difference] between
  {file} and {file2}|Display differences in {file} when compared to {file2}
  $ diff {file} {file2}
2 Compare {file} and {file2} side by side|<Show> {file} and {file2} side by side with [their
  |]differences|<Show> differences between {file} and {file2} side[-| ]by[-| ]side
  $ diff -y {file} {file2}
  $ diff -y {file} {file2}
  $ sdiff {file} {file2}
2 <Show> [the |]differences between {file} and {file2} in [unified|the unified] format|Compare
  {file} and {file2} with [unified context|a unified context]|Make a unified diff of {file} and
  {file2}
  $ diff -u {file} {file2}
2 [Compare|<Show> the differences between] {file} and {file2}[,|] ignoring [whitespace|white
  space|all white space|spaces]
  $ diff -w {file} {file2}
2 [Compare|<Show> the differences between] {file} and {file2}[,|] <any case>
  $ diff -i {file} {file2}
2 [Compare|<Show> the differences between] {file} and {file2}[,|] ignoring [blank|empty] lines
  $ diff -B {file} {file2}
2 [Check|Test|<Show>] [whether|if] [the files |]{file} and {file2} [differ|are different]|Report
  only whether {file} and {file2} differ
  $ diff -q {file} {file2}
  $ cmp {file} {file2}
1 Compare {file} and {file2} byte by byte|<Show> the first byte where {file} and {file2} differ
  $ cmp {file} {file2}
3 [Compare|<Show> the differences between] [the |][directories|folders] {folder} and {folder2}
  recursively|Recursively compare [the [directories|folders] |]{folder} and {folder2}|<Show>
  differences between directories {folder} and {folder2}
  $ diff -r {folder} {folder2}
3 <Show> which files differ [between|in] [the directories |]{folder} and {folder2}[
  recursively|]|<Show> [only |]the names of files that differ between {folder} and {folder2}
  $ diff -rq {folder} {folder2}
  $ diff -qr {folder} {folder2}
2 [Create|Make] a patch {word} [from|of|with] the differences between {file} and {file2}|<Save>
  the differences between {file} and {file2} <to> {word}
  $ diff -u {file} {file2} > {word}
  $ diff {file} {file2} > {word}
3 Compare the sorted [contents|lines] of {file} and {file2}|<Show> [the |]differences between the
  sorted [contents|lines] of {file} and {file2}|Compare {file} and {file2} after sorting them
  $ diff <(sort {file}) <(sort {file2})
4 <Show> [the |]lines [common to|that are in both|contained in both|shared by|present in both]
  {file} and {file2}|<Show> [the |]common lines [of|in] {file} and {file2}
  $ comm -12 <(sort {file}) <(sort {file2})
  $ comm -12 <(sort {file}) <(sort {file2})
  $ comm -12 {file} {file2}
2 <Show> [the |]common lines [of|in] [the |]sorted files {file} and {file2}|<Show> lines common to
  sorted files {file} and {file2}
  $ comm -12 {file} {file2}
4 <Show> [the |]lines [of|in] {file} that [are not|do not occur|don't appear|do not exist] in
  {file2}|<Show> lines [only in|unique to|that are only in] {file} [compared to|and not in|but not
  in] {file2}|Extract [any|every] line in {file} which does not appear in {file2}
  $ comm -23 <(sort {file}) <(sort {file2})
  $ comm -23 <(sort {file}) <(sort {file2})
  $ comm -23 {file} {file2}
  $ grep -vxFf {file2} {file}
2 <Show> [the |]unique lines [of|in] [the |]sorted file {file} compared to [the |]sorted file
  {file2}|<Show> lines of sorted {file} that are not in sorted {file2}
  $ comm -23 {file} {file2}
2 <Show> [the |]lines [of|in] the sorted contents of {file2} that are not in [those|the sorted
  contents] of {file}
  $ comm -13 <(sort {file}) <(sort {file2})
2 <Show> [the |]lines that are in only one of {file} and {file2}|<Show> [the |]lines [of|in]
  {file} or {file2} that do not appear in the other
  $ comm -3 <(sort {file}) <(sort {file2})
  $ sort {file} {file2} | uniq -u
2 Compare sorted [files |]{file} and {file2} line by line[ in three columns|]|<Show> in three
  columns the lines [only|unique] in {file}, [only|unique] in {file2} and common to both
  $ comm {file} {file2}
  $ comm <(sort {file}) <(sort {file2})
2 <Count> lines common to {file} and {file2}|<Count> lines that are in both {file} and {file2}
  $ comm -12 <(sort {file}) <(sort {file2}) | wc -l
2 <Show> [all |the |]<unique> lines [in|of] {file} and {file2}[ together|]
  $ sort -u {file} {file2}
  $ sort {file} {file2} | uniq
  $ cat {file} {file2} | sort -u
2 <Show> lines <has> <x> in {file} and {file2}|<Find> <x> in {file} and {file2}|Search {file} and
  {file2} for <x>
  $ grep "{phrase}" {file} {file2}
  $ grep '{phrase}' {file} {file2}
2 Compare the [files|contents|listings] of [directories |]{folder} and {folder2} by name|<Show>
  which file names are in {folder} but not in {folder2}
  $ diff <(ls {folder}) <(ls {folder2})
"""
COMPARISONS = read_table(_COMPARISONS)
