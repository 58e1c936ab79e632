import Testing

@testable import ChatTemplates

/// Templates that want to hang, to fill the memory or to overflow the stack: each ends with an error, and fast.
@Suite struct LimitTests {
    private static func deep(_ open: String, _ inner: String, _ close: String, _ count: Int) -> String {
        String(repeating: open, count: count) + inner + String(repeating: close, count: count)
    }

    private static let hostile: [(String, ChatTemplateError.Code)] = [
        ("{{ 'x' * 10 ** 15 }}", .limit),
        ("{{ '' * 10 ** 18 }}{{ [] * 10 ** 18 }}{{ [1] * 10 ** 18 }}", .limit),
        ("{{ range(10 ** 12) | list }}", .limit),
        ("{{ range(-9223372036854775807, 9223372036854775807) }}", .limit),
        ("{{ 2 ** 4000 }}", .limit),
        ("{{ 9223372036854775807 + 1 }}", .limit),
        ("{{ -9223372036854775807 - 2 }}", .limit),
        ("{{ (-9223372036854775807 - 1) // -1 }}", .limit),
        ("{{ 1 // 0 }}", .value),
        ("{{ 5 % 0 }}", .value),
        ("{{ 'abc'[::0] }}", .value),
        ("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", .limit),
        ("{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}", .limit),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", .limit),
        (
            "{% macro f(x) %}{{ g(x) }}{% endmacro %}{% macro g(x) %}{% if x %}{{ f(x) }}{% endif %}{% endmacro %}{{ f(1) }}",
            .limit
        ),
        ("{% macro f(n) %}{{ f(n + 1) ~ f(n + 1) }}{% endmacro %}{{ f(0) }}", .limit),
        ("{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}", .limit),
        ("{% set ns = namespace(s='ab') %}{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", .limit),
        ("{% set ns = namespace(s=[1]) %}{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", .limit),
        ("{% set ns = namespace(s=[1]) %}{% for i in range(99999) %}{% set ns.s = [ns.s] %}{% endfor %}", .limit),
        ("{% set ns = namespace(s={}) %}{% for i in range(99999) %}{% set ns.s = {'a': ns.s} %}{% endfor %}", .limit),
        (
            "{% set ns = namespace(s=[1]) %}{% for i in range(99999) %}{% set ns.s = ns.s | map('string') %}{% endfor %}{{ ns.s | list }}",
            .limit
        ),
        ("{% set ns = namespace(s='a') %}{% for i in range(60) %}{% set ns.s = ns.s | tojson %}{% endfor %}", .limit),
        (
            "{% set ns = namespace(s='a') %}{% for i in range(99) %}{% set ns.s = ns.s.replace('a', 'aa') %}{% endfor %}",
            .limit
        ),
        ("{{ 'a'.center(10 ** 12) }}", .limit),
        ("{{ 'a'.rjust(10 ** 9) }}", .limit),
        ("{{ 'a\\tb'.expandtabs(10 ** 12) }}", .limit),
        ("{{ '%1000000000d' % 1 }}", .limit),
        ("{{ '{:>999999999999}'.format('a') }}", .limit),
        ("{{ [1] | batch(10 ** 14, 0) | list }}", .limit),
        ("{{ [1] | slice(10 ** 14) | list }}", .limit),
        ("{{ 'a\\nb' | indent(10 ** 14) }}", .limit),
        ("{{ {'a': [1]} | tojson(indent=10 ** 14) }}", .limit),
        ("{{ 1 | round(10 ** 9) }}", .unsupported),
        (deep("(", "1", ")", 5000).inBraces, .limit),
        (deep("[", "1", "]", 5000).inBraces, .limit),
        (deep("{1: ", "1", "}", 5000).inBraces, .limit),
        (deep("-", "1", "", 5000).inBraces, .limit),
        (deep("1 if 1 else ", "1", "", 5000).inBraces, .limit),
        (("1" + String(repeating: " if 1", count: 5000)).inBraces, .limit),
        (deep("f(", "1", ")", 5000).inBraces, .limit),
        (deep("a[", "1", "]", 5000).inBraces, .limit),
        (deep("{% if 1 %}", "x", "{% endif %}", 5000), .limit),
        (deep("{% for x in y %}", "x", "{% endfor %}", 5000), .limit),
        ("{% set " + deep("(", "a", ")", 5000) + " = 1 %}", .limit),
        (String(repeating: "a", count: 1 << 21), .limit),
    ]

    @Test(arguments: hostile) func `hostile templates end with an error`(
        _ source: String, _ code: ChatTemplateError.Code
    ) throws {
        var limits = ChatTemplateLimits()
        limits.steps = 100_000
        let clock = ContinuousClock()
        let start = clock.now
        let error = #expect(throws: ChatTemplateError.self) {
            try ChatTemplate(source, limits: limits).render(ChatTemplate.Conversation([]))
        }
        #expect(error?.code == code, "\(error.map(\.description) ?? "")")
        #expect(clock.now - start < .seconds(20))
    }

    @Test func `long chains are no deep nesting`() throws {
        for source in [
            String(repeating: "1 + ", count: 3000) + "1", String(repeating: "'a' ~ ", count: 3000) + "1",
            String(repeating: "not ", count: 3000) + "1", "1" + String(repeating: " or 0", count: 3000),
            "[[1]]" + String(repeating: "[:]", count: 3000), "' a'" + String(repeating: " | trim", count: 3000),
        ] {
            #expect(try ChatTemplate(source.inBraces).render(.init([])).text.isEmpty == false)
        }
        let branches = "{% if 0 %}" + String(repeating: "{% elif 0 %}", count: 3000) + "{% else %}x{% endif %}"
        #expect(try ChatTemplate(branches).render(.init([])).text == "x")
    }

    @Test func `as deep as is allowed is no crash on a small stack`() async throws {
        // A parenthesis is two levels, with the expression inside it.
        let levels = ChatTemplateLimits().nesting
        let source = Self.deep("{% if 1 %}", Self.deep("(", "1", ")", 8).inBraces, "{% endif %}", levels - 20)
        let parentheses = Self.deep("(", "1", ")", levels / 2 - 2).inBraces
        let recursion = "{% macro f(n) %}{% if n %}{{ [f(n - 1) | trim] | join }}{% endif %}x{% endmacro %}{{ f(12) }}"
        // Tasks run on threads whose stacks are the smallest that there are.
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for source in [source, recursion, parentheses] {
                group.addTask { try ChatTemplate(source).render(.init([])).text }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(texts == ["1", String(repeating: "x", count: 13)])
    }

    @Test func `long conversations are no hostile ones`() throws {
        let template = try ChatTemplate(
            "{% for m in messages %}{{ '<' + m.role + '>' + m.content | trim + '</s>' }}{% endfor %}")
        let text = String(repeating: "Some words of a long text. ", count: 20_000)
        let messages = (0..<4).map { _ in
            ChatTemplateValue.object([.init("role", "user"), .init("content", .string(text))])
        }
        let rendered = try template.render(.init(messages))
        #expect(rendered.text.utf8.count > 4 * 530_000 && rendered.contents.count == 4)
    }
}

extension String {
    fileprivate var inBraces: String { "{{ " + self + " }}" }
}
