import GGUF

/// A GGUF file's metadata as an architecture asks for it. It remembers what was asked for: members that nobody knows may
/// change what the model computes, and are refused.
struct GGUFModel {
    let file: GGUFFile
    /// `general.architecture`; the first part of the keys that it decides.
    let architecture: String
    private var known: Set<String> = []
    private var used: Set<String> = []

    init(_ file: GGUFFile) throws(ModelConversionError) {
        self.file = file
        guard let name = file["general.architecture"]?.text, !name.isEmpty else {
            throw ModelConversionError(.missing, file: file.path, "it names no general.architecture")
        }
        architecture = name
    }

    func error(_ code: ModelConversionError.Code, _ message: String) -> ModelConversionError {
        ModelConversionError(code, file: file.path, message)
    }

    // MARK: Metadata

    private mutating func value(_ key: String) -> (key: String, value: GGUFValue?) {
        let key = architecture + "." + key
        known.insert(key)
        return (key, file[key])
    }

    /// An integer from 0 to 2^40.
    mutating func count(_ key: String) throws(ModelConversionError) -> Int? {
        let (key, value) = value(key)
        guard let value else { return nil }
        guard let count = value.integer, (0...1 << 40).contains(count) else {
            throw error(.unsupported, "\(key) is not a single count")
        }
        return count
    }

    mutating func requiredCount(_ key: String) throws(ModelConversionError) -> Int {
        guard let count = try count(key) else { throw error(.missing, "\(architecture).\(key) is missing") }
        return count
    }

    /// A finite number.
    mutating func number(_ key: String) throws(ModelConversionError) -> Double? {
        let (key, value) = value(key)
        guard let value else { return nil }
        guard let number = value.number, number.isFinite else { throw error(.unsupported, "\(key) is not a number") }
        return number
    }

    mutating func text(_ key: String) throws(ModelConversionError) -> String? {
        let (key, value) = value(key)
        guard let value else { return nil }
        guard let text = value.text else { throw error(.unsupported, "\(key) is not a text") }
        return text
    }

    /// Takes note of a member that changes nothing.
    mutating func ignore(_ key: String) { _ = value(key) }

    /// Refuses what the file says of its architecture and nobody has asked for.
    func refuseUnknown() throws(ModelConversionError) {
        for key in file.keys where key.hasPrefix(architecture + ".") && !known.contains(key) {
            throw error(.unsupported, "the key \(key) is not known, and may change what the model computes")
        }
        for tensor in file.tensors where !used.contains(tensor.name) {
            throw error(.unsupported, "the tensor \(tensor.name) has no place in a model of type \(architecture)")
        }
    }

    // MARK: Tensors

    /// Takes note of a tensor that says what config.json says too.
    mutating func use(_ name: String) { used.insert(name) }

    /// A tensor that must be there, in that shape.
    mutating func tensor(
        _ source: String, as name: String, _ shape: [Int], order: RowOrder = .asStored, offset: Float = 0
    ) throws(ModelConversionError) -> ConvertedTensor {
        guard let stored = file.tensor(source) else { throw error(.missing, "the tensor \(source) is missing") }
        guard stored.shape == shape else {
            throw error(.inconsistent, "the tensor \(source) has the shape \(stored.shape), its sizes ask for \(shape)")
        }
        used.insert(source)
        return ConvertedTensor(source: source, name: name, shape: shape, order: order, offset: offset)
    }

    func contains(_ tensor: String) -> Bool { file.tensor(tensor) != nil }
}
