import Testing

@testable import Traces

private func protected(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return ProtectedSpans.find(in: text, within: [0..<bytes.count]).map { String(decoding: bytes[$0], as: UTF8.self) }
}

private func classify(_ text: String) -> TextClass {
    let reasoning = TraceRegions.find(in: text, role: .trace).reasoning
    return TextClassifier.classify(
        text, reasoning: reasoning, protected: ProtectedSpans.find(in: text, within: reasoning))
}

@Suite struct TextScanningTests {
    @Test(arguments: [
        ("She sold 48/2 = <<48/2=24>>24 clips in May.", ["48/2 = <<48/2=24>>24"]),
        ("He earns 5*8=40 dollars", ["5*8=40"]),
        ("It cost $1,000.50, or 3.5% more than -7.", ["$1,000.50", "3.5%", "-7"]),
        ("the 3rd of 120-page books", ["3rd", "120"]),
        ("makes 5*7=$<<5*7=35>>35 so", ["5*7=$<<5*7=35>>35"]),
        ("12 x 2 = 24 pages", ["12 x 2 = 24"]),
        ("Let x = 5 and 2x + 3 = 13.", ["x = 5", "2x + 3 = 13"]),
        ("I am a man, so a total = 5", ["= 5"]),
        ("(5 + 3) * 2 = 16, so", ["(5 + 3) * 2 = 16"]),
        ("with $x^2 + y$ and \\(a+b\\) and \\frac{1}{2} then", ["$x^2 + y$", "\\(a+b\\)", "\\frac{1}{2}"]),
        ("$5 each and $10 more", ["$5", "$10"]),
        ("use `foo bar` and ``a`b`` now", ["`foo bar`", "``a`b``"]),
        ("text\n```py\nx so y\n```\nthus", ["```py\nx so y\n```"]),
        ("see https://a.b/c?d=so, or me@x.org.", ["https://a.b/c?d=so", "me@x.org"]),
        ("in /usr/bin/so and file.py now", ["/usr/bin/so", "file.py"]),
        ("call f(x) with some_name or camelCase", ["f(x)", "some_name", "camelCase"]),
        ("a <b class=\"so\">word</b> here", ["<b class=\"so\">", "</b>"]),
        ("therefore she goes home", []),
        ("It's Betty's — “so” they say", ["“so”"]),
        ("text\n~~~py\nx so y\n~~~\nthus", ["~~~py\nx so y\n~~~"]),
        ("[asy]\nlabel(\"so\");\n[/asy] thus we", ["[asy]\nlabel(\"so\");\n[/asy]"]),
        ("see <pre>so it</pre> and <code>thus</code> now", ["<pre>so it</pre>", "<code>thus</code>"]),
        ("a\nmsg = 'thus, we add'\nTotal = \"so\";\nthus", ["msg = 'thus, we add'", "Total = \"so\";"]),
        (
            "a\nSELECT x,\n  'thus, we' AS n\nFROM t\nWHERE n = 'so' -- thus\n So it is.",
            ["SELECT x,\n  'thus, we' AS n\nFROM t\nWHERE n = 'so' -- thus"]
        ),
        ("a\nselect x from t;\nselect the best of them", ["select x from t;"]),
        ("a\n$ echo thus\ngit commit -m 'so'\ncd back to so", ["$ echo thus", "git commit -m 'so'"]),
        ("a\nname: thus\nsteps:\n  - so it is\n\nnote: thus it is", ["name: thus\nsteps:\n  - so it is"]),
        ("a\n> Thus, so it is.\nthus", ["> Thus, so it is."]),
        ("he says \"thus, so it is\" and 'so we go' now", ["\"thus, so it is\"", "'so we go'"]),
        ("a book So, We Need To Talk. In Total, a band", ["So, We Need To Talk", "In Total"]),
        ("Therefore Inc. is a firm of So Sons Ltd, so", ["Therefore Inc", "So Sons Ltd"]),
        ("a\n// thus we go\n/* so\nit is */ thus\n% so it is", ["// thus we go", "/* so\nit is */", "% so it is"]),
        ("\\begin{verbatim}so it\nis\\end{verbatim} thus", ["\\begin{verbatim}so it\nis\\end{verbatim}"]),
        ("a\nTherefore = so", ["Therefore"]),
        ("First, Anna has pears. So Mary has", []), ("SO WE NEED TO GO", []),
        ("the boys' and girls' so", []), ("‘thus we’ don’t «so on»", ["‘thus we’", "«so on»"]),
    ])
    func protectedSpans(text: String, expected: [String]) {
        #expect(protected(text) == expected)
    }

    @Test func protectedSpansStayWithinRanges() {
        let text = "5 so 6 thus 7"
        #expect(ProtectedSpans.find(in: text, within: [5..<11]) == [5..<6])
        #expect(ProtectedSpans.find(in: text, within: []).isEmpty)
    }

    @Test(arguments: ["(", "=", "$a ", "`a ``", "\\(", "<a \"", "a.b)", "\"a", "1+", "-", "<<", "\\a{", "x=", "é"])
    func scanningStaysLinear(piece: String) {
        let text = String(repeating: piece, count: 20_000)
        let clock = ContinuousClock()
        let time = clock.measure {
            _ = ProtectedSpans.find(in: text, within: [0..<text.utf8.count])
            _ = TraceRegions.find(in: text, role: .trace)
        }
        // A quadratic scan of this much text takes minutes in a debug build.
        #expect(time < .seconds(20))
    }

    @Test func indentedCodeIsProtected() {
        #expect(protected("so\n    total = add(a, b)\nthen") == ["    total = add(a, b)"])
        #expect(protected("def f(x):\nso") == ["def f(x):"])
        #expect(protected("let us return to this").isEmpty)
    }

    @Test func invariantsOfATrace() {
        let text = "So Natalia sold 48/2 = <<48/2=24>>24 clips in May. Thus Betty has $5. I think Al does too."
        let invariants = TextInvariants(of: text) { word in
            ["So", "Thus"].contains(String(decoding: word, as: UTF8.self))
        }
        #expect(invariants.strings(.name) == ["Al", "Betty", "May", "Natalia"])
        #expect(invariants.strings(.formula) == ["48/2 = <<48/2=24>>24"])
        #expect(invariants.strings(.numeral) == ["2", "2", "24", "24", "48", "48", "5"])
    }

    @Test(arguments: [
        ("So she has 5.", "Hence she has 5.", true),
        ("So she has 5.", "So she has 6.", false),
        ("So she has 5 + 6.", "So she has 6 + 5.", false),
        ("So Ann has it.", "So Bob has it.", false),
        ("So Ann and Bob.", "So Bob and Ann.", true),
        ("So, Ann.", "So, Ann, Ann.", false),
        ("It is \\frac{1}{2}.", "It is \\frac{2}{1}.", false),
    ])
    func invariantsCompare(a: String, b: String, equal: Bool) {
        let lexicon: (UnsafeBufferPointer<UInt8>) -> Bool = {
            ["So", "Hence", "It"].contains(String(decoding: $0, as: UTF8.self))
        }
        let first = TextInvariants(of: a, isLexiconWord: lexicon)
        let second = TextInvariants(of: b, isLexiconWord: lexicon)
        #expect((first == second) == equal)
        #expect((first.firstDifference(from: second) == nil) == equal)
    }

    @Test func differenceNamesTheItem() {
        let difference = TextInvariants(of: "she has 5").firstDifference(from: TextInvariants(of: "she has"))
        #expect(difference == "numeral \"5\" is missing from the other text")
    }

    @Test(arguments: [
        ("He earns 5*8=40\n#### 40", TextClass.englishProse),
        ("Total cost: 5*8 = 40 dollars\n#### 40", .englishProse),
        (
            "Al weighs 146 + 38 = <<146+38=184>>184 pounds.\nBen weighs 184 - 25 = <<184-25=159>>159 pounds.\n#### 175",
            .englishProse
        ),
        (
            "Tom earned $36 + $10 = $46 last month.\nTom's profit last month was $46 - $17 gas money = $29.\n#### 29",
            .englishProse
        ),
        ("5*8=40\n40+2=42\n#### 42", .formula),
        ("x = 5\n2x + 3 = 13\n#### 13", .formula),
        ("Natalia verkaufte im April 48 Clips und im Mai die Hälfte. Also hat sie 72 verkauft.\n#### 72", .nonEnglish),
        ("Natalia vendió 48 clips en abril y luego la mitad en mayo, así que son 72.\n#### 72", .nonEnglish),
        ("Elle a vendu 48 pinces en avril, et donc la moitié en mai.\n#### 72", .nonEnglish),
        ("她在四月卖了48个夹子，五月卖了一半。\n#### 72", .nonEnglish),
        ("Она продала 48 скрепок в апреле и половину в мае.\n#### 72", .nonEnglish),
        ("def solve(n):\n    total = add(n, 2)\n    return total(n)\n", .code),
        ("```python\nprint(1)\nfor i in x: so(i)\n```", .code),
        ("", .empty),
        ("  \n ", .empty),
    ])
    func classes(text: String, expected: TextClass) {
        #expect(classify(text) == expected)
    }
}
