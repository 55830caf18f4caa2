"""The pages of the documentation: their code blocks, headings and links."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "Sources" / "Recurrent" / "Recurrent.docc"


def reference(program):
    """The generated pages and what the program prints for each."""
    def printed(*arguments):
        return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout

    overview = printed("help", "--markdown")
    made = {CATALOGUE / "CommandLine.md": overview}
    for group, page in (("sequences", "CellTable"), ("compositions", "CompositionTable"), ("trees", "TreeCellTable"),
                        ("comparisons", "ComparisonTable")):
        made[CATALOGUE / f"{page}.md"] = printed("cells", "--markdown", group)
    for command, page in re.findall(r"^\| `\S+ (\S+)[^`]*` \|.*<doc:(\w+)> \|$", overview, re.MULTILINE):
        made[CATALOGUE / f"{page}.md"] = printed("help", command, "--markdown")
    return made


def tracked(*patterns):
    """The files of the repository that match, new ones included."""
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns], cwd=ROOT,
                           check=True, capture_output=True, text=True).stdout.split("\0")
    return [ROOT / name for name in sorted(names) if name and (ROOT / name).exists()]


class Block:
    """A fenced code block, or one of a Swift documentation comment."""

    def __init__(self, path, line, language, lines, note):
        self.path, self.line, self.language, self.lines, self.note = path, line, language, lines, note

    @property
    def place(self):
        return f"{self.path.relative_to(ROOT)}:{self.line}"

    def commands(self):
        """The command lines, joined where they end in a backslash, each with the output shown below it (or None)."""
        joined, lines = [], list(self.lines)
        while lines:
            line = lines.pop(0)
            while line.endswith("\\") and lines:
                line = line[:-1] + lines.pop(0).strip()
            joined.append(line)
        if self.language == "sh":
            return [(line.strip(), None) for line in joined if line.strip() and not line.startswith("#")]
        found = []
        for line in joined:
            if line.startswith("$ "):
                found.append((line[2:].strip(), []))
            elif found:
                found[-1][1].append(line)
        return found


class Page:
    """A Markdown file, or the documentation comments of a Swift file."""

    def __init__(self, path):
        self.path, self.blocks, self.prose = path, [], []
        text = path.read_text()
        if path.suffix == ".swift":
            text = "\n".join(re.sub(r"^ *///? ?", "", line) if re.match(r"^ *///", line) else ""
                             for line in text.splitlines())
        fence = block = None
        note = ""
        for number, line in enumerate(text.splitlines(), 1):
            start = re.match(r"^( *)(```+)([A-Za-z0-9+-]*)\s*$", line)
            if fence is None and start:
                fence, block = start.group(2), Block(path, number, start.group(3), [], note)
                self.blocks.append(block)
            elif fence is not None and line.strip() == fence:
                fence = None
            elif fence is not None:
                block.lines.append(line)
            else:
                self.prose.append((number, line))
                if line.strip():
                    comment = re.match(r"^<!-- (.*) -->$", line.strip())
                    note = comment.group(1) if comment else ""
                continue
            note = ""

    def anchors(self):
        """The anchors that headings make, as repository hosts and DocC derive them."""
        found = set()
        for _, line in self.prose:
            heading = re.match(r"^#+ (.*)", line)
            if heading:
                text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1)).strip().replace("`", "")
                slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
                found |= {slug, text.replace(" ", "-")}
        return found

    def links(self):
        """Line and target of every link and picture outside of code."""
        for number, line in self.prose:
            if line.startswith("    "):
                continue
            bare = re.sub(r"(`+)(?!`).*?\1", "", line)
            for target in re.findall(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)", bare):
                yield number, target
            for target in re.findall(r"<((?:https?|doc):[^>\s]+)>", bare):
                yield number, target


def pages():
    """Every page for readers, in the order of their paths."""
    return [Page(path) for path in tracked("*.md")]


def comments():
    """The documentation comments of every source file."""
    return [Page(path) for path in tracked("Sources/*.swift")]
