import Testing

@testable import ChatTemplates

@Suite struct LimitTests {
    @Test func empty() throws {
        #expect(try ChatTemplate("a").render(.init([])).text == "a")
    }
}
