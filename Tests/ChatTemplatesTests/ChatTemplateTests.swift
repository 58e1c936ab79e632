import Testing

@testable import ChatTemplates

@Suite struct ChatTemplateTests {
    private func message(_ role: String, _ content: ChatTemplateValue) -> ChatTemplateValue {
        .object([.init("role", .string(role)), .init("content", content)])
    }

    private func contents(
        _ source: String, _ messages: [ChatTemplateValue], tools: [ChatTemplateValue]? = nil
    ) throws -> [String] {
        let rendered = try ChatTemplate(source).render(.init(messages, tools: tools))
        return rendered.contents.map { String(decoding: Array(rendered.text.utf8)[$0], as: UTF8.self) }
    }

    @Test(arguments: [
        ("<s>{{ messages[0].content }}</s>", ["<a> é"]),
        ("{{ '<s>' + messages[0].content + '</s>' }}", ["<a> é"]),
        ("{{ messages[0].content.split(' ') | join('|') }}", ["<a>", "é"]),
        ("{{ messages[0].content | upper | trim }}", ["<A> É"]),
        ("{{ messages[0].content | tojson }}", ["<a> é"]),
        ("{{ messages[0] | tojson }}", ["<a> é"]),
        ("{{ messages[0].content | replace('<a>', '<s>') }}", [" é"]),
        ("{{ '%s</s>' % messages[0].content }}", ["<a> é"]),
        ("{{ '{}</s>'.format(messages[0].content) }}", ["<a> é"]),
        ("{{ [messages[0].content] }}", ["<a> é"]),
        ("{% set x %}<{{ messages[0].content[1:2] }}>{% endset %}{{ x ~ x }}", ["a", "a"]),
        ("{% macro f(x) %}({{ x }}){% endmacro %}{{ f(messages[0]['content']) }}", ["<a> é"]),
        ("{{ '<|' + messages[0].role + '|>' }}", []),
        ("{{ messages[0].content | length }}", []),
        ("{{ bos_token }}{{ messages[0].content | indent }}", ["<a> é"]),
    ]) func `what speakers said is known in the text`(_ source: String, _ expected: [String]) throws {
        #expect(try contents(source, [message("user", "<a> é")]) == expected)
    }

    @Test func `unknown roles and tools are from outside`() throws {
        #expect(try contents("<{{ messages[0].role }}>", [message("x|><|im_end", "")]) == ["x|><|im_end"])
        #expect(try contents("[{{ tools[0].name }}]", [], tools: [["name": "f"]]) == ["f"])
    }

    @Test func `messages are made ready as transformers does`() throws {
        let given: ChatTemplateValue = ["role": "assistant", "content": nil, "reasoning": "r", "tool_calls": nil]
        let source = "{% for k, v in messages[0].items() %}{{ k }}={{ v }};{% endfor %}{{ tools is none }}"
        #expect(
            try ChatTemplate(source).render(.init([given])).text
                == "thinking=r;role=assistant;reasoning=r;reasoning_content=r;True")
    }

    @Test(arguments: [
        ("a\n{% if %}", 2, ChatTemplateError.Code.syntax), ("{{ x", 1, .syntax), ("\n\n{{ 'x }}", 3, .syntax),
        ("{% for x in y %}\n\nx", 3, .syntax), ("{% endif %}", 1, .syntax), ("{% break %}", 1, .syntax),
        ("{{ a b }}", 1, .syntax), ("{{ (1 }}", 1, .syntax), ("{% frob %}", 1, .syntax), ("{# x", 1, .syntax),
        ("{% raw %}", 1, .syntax), ("{{ 'a' 'b' | }}", 1, .syntax), ("{{ f(a=1, 2) }}", 1, .syntax),
        ("{% set true = 1 %}", 1, .syntax), ("{{ ? }}", 1, .syntax), ("{{ 99999999999999999999 }}", 1, .syntax),
        ("x\n{% include 'a' %}", 2, .unsupported), ("{% block a %}{% endblock %}", 1, .unsupported),
        ("{% extends 'a' %}", 1, .unsupported), ("\n{{ x | frob }}", 2, .unsupported),
        ("{{ x | urlize }}", 1, .unsupported), ("{{ x is frob }}", 1, .unsupported),
        ("\n{{ x.y }}", 2, .undefined), ("{{ x + 1 }}", 1, .undefined), ("{{ none + 1 }}", 1, .type),
        ("{{ 'a' + 1 }}", 1, .type), ("{{ 1() }}", 1, .type), ("{{ 'a' < 1 }}", 1, .type),
        ("{{ none | length }}", 1, .type),
        ("a\nb\n{{ raise_exception('No ' + 'tools') }}", 3, .raised), ("{{ 'a'.index('b') }}", 1, .value),
        ("{{ 'a' | int + [] }}", 1, .type), ("{{ lipsum() }}", 1, .unsupported),
        ("{{ 'x'.encode() }}", 1, .unsupported),
        ("{% set x.y = 1 %}", 1, .type), ("{% set ns = namespace() %}{% set ns._x = 1 %}", 1, .unsupported),
        ("{% set a, b = [1] %}", 1, .value), ("{{ strftime_now('%Q') }}", 1, .unsupported),
        ("{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}", 1, .type), ("{{ '%d' % 'x' }}", 1, .type),
    ]) func `errors name line and reason`(_ source: String, _ line: Int, _ code: ChatTemplateError.Code) {
        let error = #expect(throws: ChatTemplateError.self) { try ChatTemplate(source).render(.init([])) }
        #expect(error?.line == line && error?.code == code, "\(error.map(\.description) ?? "")")
    }

    @Test func `a refusal says what the template says`() {
        let error = #expect(throws: ChatTemplateError.self) {
            try ChatTemplate("\n{{ raise_exception('roles must alternate') }}").render(.init([]))
        }
        #expect(error?.description == "line 2: roles must alternate")
    }

    @Test(arguments: ["__class__", "__init__", "__globals__", "pop", "update", "clear"])
    func `nothing behind the values is reached`(_ name: String) throws {
        #expect(try ChatTemplate("{{ {}.\(name) is defined }}{{ {}['\(name)'] }}").render(.init([])).text == "False")
        #expect(throws: ChatTemplateError.self) { try ChatTemplate("{{ {'a': 1}.\(name)() }}").render(.init([])) }
    }

    @Test func `any text is read or refused`() {
        var generator = SystemRandomNumberGenerator()
        let seed = generator.next()
        var state = SplitMix(state: seed)
        let pieces = [
            "{%", "%}", "{{", "}}", "{#", "#}", "-", "+", " ", "\n", "for", "in", "if", "endif", "endfor", "set", "x",
            "=",
            "(", ")", "[", "]", "{", "}", "'", "\"", "|", "trim", ".", ",", ":", "1", "0x", "1e", "is", "not", "else",
            "macro",
            "raw", "endraw", "\\", "é", "\u{0}", "loop", "*", "**", "~", "%", "//", "generation", "call", "\r\n",
        ]
        for _ in 0..<3000 {
            let source = (0..<Int(state.next() % 14)).map { _ in pieces[Int(state.next() % UInt64(pieces.count))] }
                .joined()
            var limits = ChatTemplateLimits()
            limits.steps = 10_000
            do throws(ChatTemplateError) {
                _ = try ChatTemplate(source, limits: limits).render(.init([["role": "user", "content": "x"]]))
            } catch {
                #expect(error.line > 0 && !error.message.isEmpty, "seed \(seed): \(source.debugDescription)")
            }
        }
    }

    private struct SplitMix {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    @Test func `JSON keeps order and kinds of numbers`() throws {
        let value = try ChatTemplateValue(json: Array(#"{"b": 1.0, "a": [1, 1e2, null, true, "é"]}"#.utf8))
        #expect(value == ["b": .number(1), "a": [1, 100.0, nil, true, "é"]])
        let text = try ChatTemplate("{{ x | tojson }}").render(.init([], variables: ["x": value])).text
        #expect(text == #"{"b": 1.0, "a": [1, 100.0, null, true, "é"]}"#)
        #expect(throws: ChatTemplateError.self) { try ChatTemplateValue(json: Array("{".utf8)) }
        #expect(throws: ChatTemplateError.self) { try ChatTemplateValue(json: Array("12345678901234567890".utf8)) }
    }

    @Test func `dates exist or are none`() throws {
        #expect(ChatTemplateDate("2024-02-29") != nil && ChatTemplateDate("2023-02-29") == nil)
        #expect(ChatTemplateDate("2024-2-29") == nil && ChatTemplateDate("29 Feb 2024") == nil)
        let date = try #require(ChatTemplateDate("2024-07-26"))
        let template = try ChatTemplate("{{ strftime_now('%d %b %Y, %A %j') }}")
        #expect(try template.render(.init([], date: date)).text == "26 Jul 2024, Friday 208")
    }
}
