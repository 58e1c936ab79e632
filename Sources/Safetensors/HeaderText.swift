import StrictJSON

/// The JSON text of a header or an index, with errors that name file and tensor.
struct HeaderText {
    private let view: JSONView
    private let file: String
    /// The tensor that errors name.
    var tensor: String?

    /// Checks a text; the bytes must outlive it.
    init(_ bytes: UnsafeRawBufferPointer, file: String, depth: Int) throws(SafetensorsError) {
        do throws(JSONError) {
            view = try JSONView(scanning: bytes, limits: JSONLimits(maxDepth: depth))
        } catch {
            throw SafetensorsError(error, file: file)
        }
        self.file = file
    }

    func problem(_ problem: SafetensorsError.Problem) -> SafetensorsError {
        SafetensorsError(file, tensor: tensor, problem)
    }

    func malformed(_ offset: Int, _ reason: String) -> SafetensorsError {
        problem(.malformedJSON(offset: offset, reason: reason))
    }

    private func expected(_ what: String, at index: Int) -> SafetensorsError {
        malformed(view.offset(index), "expected \(what)")
    }

    /// Calls `body` with every member of an object. Names that are canonically equivalent count as one.
    func forEachMember(
        of index: Int, _ body: (String, Int) throws(SafetensorsError) -> Void
    ) throws(SafetensorsError) {
        guard view.kind(index) == .object else { throw expected("'{'", at: index) }
        var names: Set<String> = []
        var cursor = index + 1
        let end = Int(view.tape.tokens[index].next)
        while cursor + 1 < end {
            let name = view.string(cursor)
            guard names.insert(name).inserted else {
                throw problem(.duplicateKey(name, offset: view.offset(cursor)))
            }
            try body(name, cursor + 1)
            cursor = Int(view.tape.tokens[cursor + 1].next)
        }
    }

    func elements(of index: Int) throws(SafetensorsError) -> [Int] {
        guard view.kind(index) == .array else { throw expected("'['", at: index) }
        return view.tape.elements(of: index)
    }

    func string(_ index: Int) throws(SafetensorsError) -> String {
        guard view.kind(index) == .string else { throw expected("a string", at: index) }
        return view.string(index)
    }

    /// A number as it is written.
    func numberText(_ index: Int) throws(SafetensorsError) -> String {
        guard view.kind(index) == .number else { throw expected("a number", at: index) }
        return String(decoding: view.text(index), as: UTF8.self)
    }

    /// An integer that is not negative and fits an `Int`. Fractions and exponents are refused even where the value is
    /// whole.
    func count(_ index: Int) throws(SafetensorsError) -> Int {
        guard view.kind(index) == .number, view.text(index).allSatisfy(\.isASCIIDigit) else {
            throw expected("an integer that is not negative", at: index)
        }
        guard let value = Int(String(decoding: view.text(index), as: UTF8.self)) else {
            throw malformed(view.offset(index), "an integer too large for 63 bits")
        }
        return value
    }
}
