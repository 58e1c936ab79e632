import Foundation
import Safetensors
import TestSupport
import Testing

@Suite struct RoundTripTests {
    private static func name(_ random: inout SplitMix64) -> String {
        let alphabet = Array("abcXYZ019._-/ \"\\\n\u{1}é日😀")
        return String((0..<Int.random(in: 0...12, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
    }

    private static func file(_ random: inout SplitMix64) -> DescribedFile {
        var tensors: [String: DescribedFile.Tensor] = [:]
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let dtype = SafetensorsDType.allCases.randomElement(using: &random)!
            let shape = (0..<Int.random(in: 0...4, using: &random)).map { _ in Int.random(in: 0...5, using: &random) }
            // Truth values must be 0 or 1.
            let bytes = (0..<shape.reduce(dtype.byteCount, *)).map { _ in
                UInt8.random(in: 0...(dtype == .bool ? 1 : 255), using: &random)
            }
            let name = name(&random)
            tensors[name] = DescribedFile.Tensor(
                name: name, dtype: dtype.rawValue, shape: shape, base64: Data(bytes).base64EncodedString())
        }
        var metadata: [String: String] = [:]
        for _ in 0..<Int.random(in: 0...2, using: &random) { metadata[name(&random)] = name(&random) }
        return DescribedFile(metadata: metadata, tensors: tensors.values.sorted { $0.name < $1.name })
    }

    /// What is written is read, and the bytes do not depend on the order of declaring and writing. With
    /// DENATURE_SAFETENSORS_FOLDER set, the files stay there for `scripts/golden/golden_safetensors.py --check`.
    @Test func readsWhatItWrites() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix64(seed: seed)
        let temporary = try TemporaryDirectory()
        let kept = ProcessInfo.processInfo.environment["DENATURE_SAFETENSORS_FOLDER"]
        let folder = kept ?? temporary.path
        var manifest: [DescribedFile] = []
        for number in 0..<30 {
            var described = Self.file(&random)
            described.file = "\(number).safetensors"
            let path = folder + "/\(number).safetensors"
            for copy in [path, temporary.file("again-\(number)")] {
                let shuffled = described.tensors.shuffled(using: &random)
                let writer = try SafetensorsWriter(
                    path: copy, tensors: shuffled.compactMap(\.declaration), metadata: described.metadata,
                    replacing: kept != nil)
                for tensor in described.tensors.shuffled(using: &random) {
                    let cut = Int.random(in: 0...tensor.bytes.count, using: &random)
                    try writer.append(Array(tensor.bytes[..<cut]), to: tensor.name)
                    try writer.append(Array(tensor.bytes[cut...]), to: tensor.name)
                }
                try writer.finish()
            }
            #expect(try contents(path) == contents(temporary.file("again-\(number)")), "seed \(seed)")
            let file = try SafetensorsFile(path: path)
            #expect(file.metadata == described.metadata, "seed \(seed)")
            #expect(file.names.sorted() == described.tensors.map(\.name), "seed \(seed)")
            for tensor in described.tensors {
                #expect(file[tensor.name]?.shape == tensor.shape, "seed \(seed)")
                #expect(file[tensor.name]?.dtype.rawValue == tensor.dtype, "seed \(seed)")
                #expect(try file.bytes(tensor.name) == tensor.bytes, "seed \(seed)")
            }
            manifest.append(described)
        }
        if let kept {
            try JSONEncoder().encode(manifest).write(to: URL(fileURLWithPath: kept + "/manifest.json"))
        }
    }

    #if !(os(macOS) && arch(x86_64))
        @Test func everyHalfIsExact() {
            for bits in UInt16.min...UInt16.max {
                let expected = Float(Float16(bitPattern: bits))
                let value = FloatBits.float(half: bits)
                if expected.isNaN ? !value.isNaN : value.bitPattern != expected.bitPattern {
                    Issue.record("\(bits): \(value) instead of \(expected)")
                }
            }
        }
    #endif

    @Test func everyBFloat16IsTheUpperHalfOfASingle() {
        #expect(FloatBits.float(bfloat16: 0x3F80) == 1)
        #expect(FloatBits.float(bfloat16: 0xC049) == -3.140625)
        #expect(FloatBits.float(bfloat16: 0xFF80) == -.infinity)
        #expect(FloatBits.float(bfloat16: 0x0001) == 0x1p-133)
    }
}
