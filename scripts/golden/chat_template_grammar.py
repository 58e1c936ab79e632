"""Random templates out of a grammar: statements and expressions of Jinja, most of them of kinds that fit together."""

MESSAGES = [
    {"role": "system", "content": " Be brief.\n"},
    {"role": "user", "content": "Ünï <b> 'q' \"r\"\n two  words", "n": 3},
    {"role": "assistant", "content": "", "parts": [{"type": "text", "text": "A,b;c"}, {"type": "image"}]},
]
VARIABLES = {
    "word": "straße ǅ x",
    "number": -7,
    "real": 2.5,
    "flag": True,
    "nothing": None,
    "items_": [3, 1, 2, 10, 2],
    "names": ["b", "A", "c", "a"],
    "record": {"b": 1, "a": {"x": [1, 2.0, None, True]}, "items": "own", "k y": "é"},
}


class Maker:
    def __init__(self, random):
        self.random = random
        self.depth = 0

    def pick(self, *choices):
        choice = self.random.choice(choices)
        return choice() if callable(choice) else choice

    def deeper(self, simple, *choices):
        """One of some choices, or a simple one where it is deep already."""
        if self.depth > 3 or self.random.random() < 0.2:
            return self.pick(*simple)
        self.depth += 1
        try:
            return self.pick(*choices)
        finally:
            self.depth -= 1

    # Expressions by kind.

    def text(self):
        r = self.random
        t, n = self.text, self.number
        return self.deeper(
            ["'ab c'", "\"x'y\"", "''", "word", "messages[1].content", "messages[0]['role']", "'é\\n\\tz'", "' pad '", "m.content", "m['role']", "n1"],
            lambda: f"({t()} + {t()})",
            lambda: f"({t()} ~ {self.any()})",
            lambda: f"({t()} * {r.randint(-1, 3)})",
            lambda: f"{t()}.{r.choice(['strip', 'upper', 'lower', 'title', 'lstrip', 'rstrip', 'capitalize', 'swapcase'])}()",
            lambda: f"{t()}.{r.choice(['strip', 'lstrip', 'rstrip'])}({t()})",
            lambda: f"{t()}.replace({t()}, {t()})",
            lambda: f"{t()}.replace({t()}, {t()}, {r.randint(-1, 2)})",
            lambda: f"({t()} | {r.choice(['trim', 'upper', 'lower', 'title', 'capitalize', 'string', 'reverse', 'indent', 'indent(2, true)', 'center(12)', 'truncate(6)', 'truncate(5, true, leeway=0)'])})",
            lambda: f"({t()} | replace({t()}, {t()}))",
            lambda: f"({self.any()} | tojson)",
            lambda: f"({self.any()} | tojson(indent={r.randint(0, 3)}))",
            lambda: f"({self.record()} | tojson(sort_keys=true, separators=(',', ':')))",
            lambda: f"({self.any()} | tojson(ensure_ascii=true))",
            lambda: f"({self.any()} | string)",
            lambda: f"({self.list()} | join({r.choice(['', t()])}))",
            lambda: f"({self.any()} | default({t()}{r.choice(['', ', true'])}))",
            lambda: f"({t()} if {self.truth()} else {t()})",
            lambda: f"{t()}[{self.bound()}:{self.bound()}]",
            lambda: f"{t()}[{self.bound()}:{self.bound()}:{r.choice(['-1', '2', '-2', ''])}]",
            lambda: f"{t()}[{r.randint(-3, 3)}]",
            lambda: f"('%s-%{r.choice(['d', '5d', '-5d', '05d', '.2f', 's', 'r', 'x', '+d', '8.3f'])}' % ({self.any()}, {n()}))",
            lambda: f"('{{}}/{{:{r.choice(['>6', '<6', '^7', '', '*^9'])}}}'.format({self.any()}, {t()}))",
            lambda: f"('{{0}}{{n:{r.choice(['d', '04d', ',', '+', '6'])}}}'.format({t()}, n={r.randint(-2000, 2000)}))",
            lambda: f"('%(a)s%%' % {{'a': {self.any()}}})",
            lambda: f"{t()}.{r.choice(['ljust', 'rjust', 'center'])}({r.randint(0, 9)}, '.')",
            lambda: f"{t()}.zfill({r.randint(0, 9)})",
            lambda: f"{t()}.{r.choice(['removeprefix', 'removesuffix'])}({t()})",
            lambda: f"{t()}.join({self.texts()})",
            lambda: f"({self.texts()} | {r.choice(['first', 'last', 'max', 'min'])})",
            lambda: f"strftime_now({r.choice(['%d %B %Y', '%Y-%m-%d', '%a %j %H:%M:%S %p', '%-d/%m/%y'])!r})",
            lambda: f"({t()} | safe)",
        )

    def number(self):
        r = self.random
        n = self.number
        return self.deeper(
            ["0", "1", "7", "-2", "3.5", "1e3", "number", "real", "1_000", "messages | length", "loop.index", "loop.revindex0", "m.n"],
            lambda: f"({n()} {r.choice(['+', '-', '*', '/', '//', '%'])} {n()})",
            lambda: f"({n()} ** {r.randint(0, 3)})",
            lambda: f"(-{n()})",
            lambda: f"({self.text()} | {r.choice(['length', 'int', 'float', 'wordcount', 'int(5)', 'int(0, 16)'])})",
            lambda: f"({self.list()} | {r.choice(['length', 'count'])})",
            lambda: f"""({n()} | {r.choice(['abs', 'int', 'float', 'round', 'round(1)', 'round(2, "floor")', 'round(0, "ceil")'])})""",
            lambda: f"{self.text()}.{r.choice(['find', 'rfind', 'count', 'index'])}({self.text()})",
            lambda: f"(items_ | {r.choice(['sum', 'max', 'min', 'first', 'last'])})",
            lambda: f"{self.list()}.{r.choice(['index', 'count'])}({self.any()})",
            lambda: f"({n()} if {self.truth()} else {n()})",
        )

    def truth(self):
        r = self.random
        return self.deeper(
            ["true", "false", "flag", "not flag", "loop.first", "loop.last", "missing is defined", "m is defined"],
            lambda: f"({self.any()} {r.choice(['==', '!='])} {self.any()})",
            lambda: f"({self.number()} {r.choice(['<', '<=', '>', '>='])} {self.number()})",
            lambda: f"({self.text()} {r.choice(['<', '>=', 'in', 'not in', '=='])} {self.text()})",
            lambda: f"({self.any()} {r.choice(['in', 'not in'])} {self.list()})",
            lambda: f"({self.text()} in {self.record()})",
            lambda: f"({self.truth()} {r.choice(['and', 'or'])} {self.any()})",
            lambda: f"(not {self.any()})",
            lambda: f"({self.any()} is {r.choice(['', 'not '])}{r.choice(['defined', 'undefined', 'none', 'string', 'number', 'mapping', 'sequence', 'iterable', 'boolean', 'true', 'false', 'integer', 'float', 'callable'])})",
            lambda: f"({self.number()} is {r.choice(['odd', 'even', 'divisibleby 3', 'gt 2', 'eq 1', 'le(0)'])})",
            lambda: f"({self.text()} is {r.choice(['lower', 'upper', 'in word', 'eq word'])})",
            lambda: f"{self.text()}.{r.choice(['startswith', 'endswith'])}({self.text()})",
            lambda: f"{self.text()}.{r.choice(['isdigit', 'isalpha', 'isspace', 'isupper', 'islower', 'isalnum'])}()",
            lambda: f"(1 < {self.number()} <= 8)",
        )

    def texts(self):
        r = self.random
        return self.deeper(
            ["names", "['x', 'Y']", "[]", "word.split()", "record.keys() | list"],
            lambda: f"[{self.text()}, {self.text()}]",
            lambda: f"{self.text()}.split({r.choice(['', self.text(), self.text() + ', 1'])})",
            lambda: f"{self.text()}.rsplit({r.choice(['None, 1', self.text() + ', 1'])})",
            lambda: f"""{self.text()}.{r.choice(['splitlines()', 'partition(" ")', 'splitlines(true)'])}""",
            lambda: f"""({self.texts()} | {r.choice(['sort', 'unique', 'reverse', 'sort(reverse=true)', 'sort(case_sensitive=true)', 'map("upper")', 'map("replace", "a", "_")', 'select'])} | list)""",
            lambda: f"(messages | map(attribute='role') | list)",
        )

    def list(self):
        r = self.random
        return self.deeper(
            ["items_", "names", "messages", "[1, 'a', none]", "(1, 2)", "()", "range(4)", "[]", "record.a.x"],
            lambda: f"[{self.any()}, {self.any()}]",
            lambda: f"({self.any()}, {self.any()})",
            lambda: f"range({r.randint(-2, 3)}, {r.randint(-3, 9)}{r.choice(['', ', 2', ', -2'])})",
            lambda: f"{self.list()}[{self.bound()}:{self.bound()}{r.choice(['', ':-1', ':2'])}]",
            lambda: f"({self.list()} + {self.list()})",
            lambda: f"({self.list()} | {r.choice(['list', 'reverse | list', 'sort', 'unique | list', 'batch(2) | list', 'slice(2) | list', 'batch(3, 0) | list'])})",
            lambda: f"""(messages | {r.choice(['selectattr', 'rejectattr'])}('role', {r.choice(['"equalto", "user"', '"in", ["user", "tool"]', '"defined"', '"ne", "system"'])}) | list)""",
            lambda: f"""(items_ | {r.choice(['select', 'reject'])}({r.choice(['"odd"', '"gt", 2', '"divisibleby", 2'])}) | list)""",
            lambda: f"""({self.record()} | {r.choice(['items | list', 'dictsort', 'dictsort(by="value")', 'list'])})""",
            lambda: f"({self.record()}.{r.choice(['keys', 'values'])}() | list)",
            lambda: f"(messages | groupby('role') | map('first') | list)",
            self.texts,
        )

    def record(self):
        r = self.random
        return self.deeper(
            ["record", "messages[1]", "{}", "{'a': 1, 'B': 2}", "m", "record.a"],
            lambda: f"{{{self.text()}: {self.any()}, 'z': {self.any()}}}",
            lambda: f"dict(a={self.any()}, b={self.any()})",
            lambda: f"dict({self.record()}, q={self.any()})",
        )

    def any(self):
        r = self.random
        return self.deeper(
            ["nothing", "missing", "true", "record['items']", "record.items", "messages[5]", "messages[2].parts[0].text"],
            self.text, self.number, self.truth, self.list, self.record,
            lambda: f"{self.record()}.get({self.text()}{r.choice(['', ', ' + self.text()])})",
            lambda: f"{self.record()}[{self.text()}]",
            lambda: f"({self.list()} | {r.choice(['first', 'last'])})",
            lambda: f"{self.list()}[{r.randint(-3, 3)}]",
        )

    def bound(self):
        return self.random.choice(["", "", "0", "1", "2", "-1", "-2", "5", "-9"])

    # Statements.

    def tag(self, inner):
        r = self.random
        return "{%" + r.choice(["", "", "-", "+"]) + " " + inner + " " + r.choice(["", "", "-", "+"]) + "%}"

    def output(self):
        r = self.random
        return "{{" + r.choice(["", "", "-"]) + " " + self.any() + " " + r.choice(["", "", "-"]) + "}}"

    def data(self):
        return self.random.choice([" ", "\n", "x", "  \n  ", "a b\n", "<|im|>", "\n\n ", "{ }", "{# c #}", "{#- c -#}\n", "  {# c #}\n", "%}", "\t"])

    def body(self):
        return "".join(self.statement() for _ in range(self.random.randint(1, 3)))

    def statement(self):
        r = self.random
        tag = self.tag
        return self.deeper(
            [self.output, self.data, self.data],
            self.output, self.output, self.data,
            lambda: tag(f"if {self.any()}") + self.body() + tag("endif"),
            lambda: tag(f"if {self.any()}") + self.body() + tag(f"elif {self.truth()}") + self.body() + tag("else") + self.body() + tag("endif"),
            lambda: tag(f"for m in messages{r.choice(['', ' if ' + self.truth()])}") + self.body() + tag("endfor"),
            lambda: tag(f"for m in {self.list()}") + self.body() + r.choice(["", tag(f"if {self.truth()}") + tag(r.choice(["break", "continue"])) + tag("endif") + self.body()]) + tag("else") + self.body() + tag("endfor"),
            lambda: tag(f"for k, v in {self.record()}.items()") + "{{ k }}={{ v }};" + tag("endfor"),
            lambda: tag(f"set n1 = {self.any()}") + self.body(),
            lambda: tag(f"set n1, m = {self.any()}, {self.any()}") + self.body(),
            lambda: tag(r.choice(["set n1", "set n1 | trim", "set n1 | upper | replace('A', '-')"])) + self.body() + tag("endset") + "[{{ n1 }}]",
            lambda: tag(f"set ns = namespace(c=0, t={self.any()})") + tag(f"for i in {self.list()}") + tag("set ns.c = ns.c + 1") + tag(f"set ns.t = {self.any()}") + tag("endfor") + "{{ ns.c }}/{{ ns.t }}",
            lambda: tag(f"macro f(a, b={self.any()})") + "<{{ a }}:{{ b }}" + self.body() + ">" + tag("endmacro") + f"{{{{ f({self.any()}{r.choice(['', ', ' + self.any(), ', b=' + self.any()])}) }}}}",
            lambda: tag("filter " + r.choice(["upper", "trim", "indent", "replace('a', 'b')"])) + self.body() + tag("endfilter"),
            lambda: tag(f"with n1 = {self.any()}, m = n1") + self.body() + tag("endwith"),
            lambda: tag("macro g()") + "({{ caller('q') }})" + tag("endmacro") + tag("call(u) g()") + "{{ u }}" + self.body() + tag("endcall"),
            lambda: tag("generation") + self.body() + tag("endgeneration"),
            lambda: "{% raw %}{{ x }}{% y %}{% endraw %}\n",
            lambda: tag("for i in range(3)") + r.choice(["{{ loop.index0 }}", "{{ loop.length - loop.index }}", "{{ loop.cycle('a', 'b') }}", "{{ loop.previtem }}|{{ loop.nextitem }}", "{{ loop.changed(i // 2) }}", "{{ loop.revindex }}{{ loop.last }}"]) + tag("endfor"),
        )


def template(random):
    maker = Maker(random)
    return "".join(maker.statement() for _ in range(random.randint(1, 4)))
