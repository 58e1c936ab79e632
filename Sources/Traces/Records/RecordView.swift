import StrictJSON

/// Reads values out of a record's JSON, with errors that name its place.
struct RecordView {
    let json: JSONView
    let location: SourceLocation

    var bytes: UnsafeRawBufferPointer { json.bytes }
    var tape: JSONTape { json.tape }

    func kind(_ index: Int) -> JSONTape.Kind { json.kind(index) }

    func member(_ object: Int, _ name: StaticString) -> Int? { json.member(object, name) }

    func string(_ index: Int) -> String { json.string(index) }

    func range(_ index: Int) -> Range<Int> { json.range(index) }

    /// The text of the string member called `name`; nil when absent or null.
    func optionalString(_ object: Int, _ name: StaticString) throws(TraceError) -> String? {
        guard let value = member(object, name) else { return nil }
        try require(.string, value, name)
        return string(value)
    }

    func require(_ kind: JSONTape.Kind, _ index: Int, _ name: StaticString) throws(TraceError) {
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
}
