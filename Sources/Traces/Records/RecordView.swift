import StrictJSON

/// Reads values out of a record's JSON, with errors that name its place.
struct RecordView {
    let json: JSONView
    let location: SourceLocation

    var bytes: UnsafeRawBufferPointer { json.bytes }
    var tape: JSONTape { json.tape }

    func kind(_ index: Int) -> JSONTape.Kind { json.kind(index) }

    func member(_ object: Int, _ name: StaticString) -> Int? { json.member(object, name) }

    /// The value of the member called `name`, or nil when it is absent or null.
    func anyMember(_ object: Int, _ name: String) -> Int? {
        guard kind(object) == .object else { return nil }
        let found = tape.members(of: object).first { string($0.key) == name }
        return found.flatMap { json.isNull($0.value) ? nil : $0.value }
    }

    func string(_ index: Int) -> String { json.string(index) }

    func range(_ index: Int) -> Range<Int> { json.range(index) }

    /// The text of the string member called `name`; nil when absent or null.
    func optionalString(_ object: Int, _ name: StaticString) throws(TraceError) -> String? {
        guard let value = member(object, name) else { return nil }
        try require(.string, value, name)
        return string(value)
    }

    /// A string, or a number by its digits.
    func identifier(_ name: StaticString) throws(TraceError) -> String? {
        guard let value = member(0, name) else { return nil }
        if kind(value) == .number { return String(decoding: bytes[range(value)], as: UTF8.self) }
        return try optionalString(0, name)
    }

    /// The text of a string or a number; nil for anything else: a reference solution may be any JSON value.
    func loose(_ value: Int) -> String? {
        switch kind(value) {
        case .string: string(value)
        case .number: String(decoding: bytes[range(value)], as: UTF8.self)
        default: nil
        }
    }

    func require(_ kind: JSONTape.Kind, _ index: Int, _ name: StaticString) throws(TraceError) {
        try require(kind, index, "\(name)")
    }

    func require(_ kind: JSONTape.Kind, _ index: Int, _ name: String) throws(TraceError) {
        if self.kind(index) == kind { return }
        throw error(
            .wrongType, at: index,
            "\"\(name)\" must be \(JSONView.words(kind)) but is \(JSONView.words(self.kind(index)))")
    }

    func error(_ code: TraceError.Code, at index: Int, _ message: String) -> TraceError {
        var place = location
        place.column = (location.column ?? 1) + json.offset(index)
        return TraceError(code, at: place, message)
    }

    /// Bytes of all strings that are values, as they stand in the record.
    var stringBytes: Int {
        tape.tokens.reduce(0) { $1.kind == .string ? $0 + $1.range.count - 2 : $0 }
    }

    // MARK: Messages

    /// Who wrote a message.
    enum Role {
        case user
        case assistant
        /// A message that is reasoning as a whole.
        case reasoning
        /// Systems, developers, tools, environments.
        case other
    }

    /// Members that hold what a message says.
    static let contentMembers: Set<String> = ["content", "value", "parts", "text"]
    /// Members that hold what a message asks of tools.
    static let toolMembers: Set<String> = ["tool_calls", "function_call", "toolUseResult", "tools", "arguments"]
    private static let toolTypes: Set<String> = [
        "tooluse", "toolresult", "functioncall", "functioncalloutput", "toolcall", "toolcalloutput", "servertooluse",
        "websearchcall", "websearchtoolresult", "filesearchcall", "computercall", "computercalloutput",
        "localshellcall",
        "localshellcalloutput", "customtoolcall", "customtoolcalloutput", "codeinterpretercall", "functionresponse",
        "executablecode", "codeexecutionresult", "mcpcall", "mcplisttools", "imageurl", "image", "inputtext",
        "inputimage", "observation", "usermessage",
    ]

    /// Who wrote an object that is a message; nil for other objects.
    func role(of object: Int) -> Role? {
        guard kind(object) == .object else { return nil }
        let hasContent = tape.members(of: object).contains { member in
            let name = string(member.key)
            return Self.contentMembers.contains(name) || Self.toolMembers.contains(name)
                || ReasoningTable.isReasoningMember(name)
        }
        guard hasContent, let name = roleName(of: object) else { return nil }
        if ReasoningTable.assistantRoles.contains(name) {
            if let channel = member(object, "channel"), kind(channel) == .string,
                ReasoningTable.reasoningChannels.contains(string(channel).lowercased())
            {
                return .reasoning
            }
            return .assistant
        }
        if ReasoningTable.userRoles.contains(name) { return .user }
        return ReasoningTable.reasoningRoles.contains(name) ? .reasoning : .other
    }

    private func roleName(of object: Int) -> String? {
        for name in ["role", "from", "author", "sender", "speaker"] as [StaticString] {
            guard let value = member(object, name) else { continue }
            if kind(value) == .string { return ReasoningTable.folded(string(value)) }
            if kind(value) == .object, let role = member(value, "role"), kind(role) == .string {
                return ReasoningTable.folded(string(role))
            }
        }
        return nil
    }

    /// An object's `type`, folded.
    func type(of object: Int) -> String? {
        guard let type = member(object, "type"), kind(type) == .string else { return nil }
        return ReasoningTable.folded(string(type))
    }

    /// Whether a part says `"thought": true`.
    func isThought(_ part: Int) -> Bool { member(part, "thought").flatMap(json.bool) ?? false }

    /// Whether parts or items of a type are a tool's, or no text of the assistant's.
    func isToolType(_ type: String) -> Bool { Self.toolTypes.contains(type) }
}
