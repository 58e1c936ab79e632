import Compression
import Foundation
import TestSupport
import Testing

/// The codecs, each with what another program made.
enum Codec: String, CaseIterable, CustomTestStringConvertible {
    case gzip, zstd

    var testDescription: String { rawValue }

    func decoder() throws -> any StreamDecoder {
        switch self {
        case .gzip: try GzipDecoder()
        case .zstd: try ZstandardDecoder()
        }
    }

    func encoder() throws -> any StreamEncoder {
        switch self {
        case .gzip: try GzipEncoder()
        case .zstd: try ZstandardEncoder()
        }
    }

    /// `printf 'hello, world\n' | gzip -n` and `… | zstd -c`.
    var hello: [UInt8] {
        let text =
            switch self {
            case .gzip: "H4sIAAAAAAAAA8tIzcnJ11Eozy/KSeECAFN0JPQNAAAA"
            case .zstd: "KLUv/QRYaQAAaGVsbG8sIHdvcmxkCkwf+fE="
            }
        return [UInt8](Data(base64Encoded: text) ?? Data())
    }

    /// Decodes in pieces of the given sizes; throws `truncated` as the reader of files does.
    func decode(_ bytes: [UInt8], input: Int = .max, output: Int = 1 << 16) throws -> [UInt8] {
        let decoder = try decoder()
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: output)
        var rest = bytes[...]
        while true {
            let piece = Array(rest.prefix(input))
            let step = try piece.withUnsafeBytes { source in
                try buffer.withUnsafeMutableBytes { try decoder.decode(source, into: $0) }
            }
            result += buffer[..<step.written]
            rest = rest.dropFirst(step.read)
            if step.written == 0, rest.isEmpty { break }
        }
        if !decoder.isComplete { throw Truncated() }
        return result
    }

    struct Truncated: Error {}

    func encode(_ bytes: [UInt8], pieces: [Int] = []) throws -> [UInt8] {
        let encoder = try encoder()
        var result: [UInt8] = []
        var rest = bytes[...]
        for piece in pieces + [Int.max] {
            result += try Array(rest.prefix(piece)).withUnsafeBytes { try encoder.encode($0) }
            rest = rest.dropFirst(piece)
        }
        return result + (try encoder.finish())
    }
}

@Suite struct StreamCodecTests {
    private func text(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SplitMix64(seed: seed)
        let words = (0..<300).map { _ in String(UInt32.random(in: 0..<99_999, using: &generator)) }
        var text: [UInt8] = []
        while text.count < count { text += Array((words.randomElement(using: &generator) ?? "").utf8) + [0x20] }
        return Array(text.prefix(count))
    }

    @Test(arguments: Codec.allCases) func othersStreamsAreRead(codec: Codec) throws {
        #expect(try codec.decode(codec.hello) == Array("hello, world\n".utf8))
        #expect(try codec.decode(codec.hello + codec.hello) == Array("hello, world\nhello, world\n".utf8))
        #expect(try codec.decode(codec.hello, input: 1, output: 1) == Array("hello, world\n".utf8))
    }

    @Test(arguments: Codec.allCases, [0, 1, 1000, 262_144, 262_145, 1_500_000])
    func whatIsWrittenIsReadAndDependsOnNoPieces(codec: Codec, count: Int) throws {
        let seed = UInt64(count) &+ 17
        let bytes = text(count, seed: seed)
        let stream = try codec.encode(bytes)
        #expect(try codec.decode(stream) == bytes, "seed \(seed)")
        #expect(try codec.decode(stream, input: 4099, output: 777) == bytes, "seed \(seed)")
        var generator = SplitMix64(seed: seed)
        for _ in 0..<5 {
            let pieces = (0..<20).map { _ in Int.random(in: 0...max(1, count / 8), using: &generator) }
            #expect(try codec.encode(bytes, pieces: pieces) == stream, "seed \(seed)")
        }
    }

    @Test(arguments: Codec.allCases) func everyCutIsNoticed(codec: Codec) throws {
        let stream = try codec.encode(text(3000, seed: 5))
        for count in 0..<stream.count {
            #expect(throws: Codec.Truncated.self, "\(count) of \(stream.count) bytes") {
                try codec.decode(Array(stream.prefix(count)))
            }
        }
    }

    @Test(arguments: Codec.allCases) func changedBytesAreNoticed(codec: Codec) throws {
        let bytes = text(3000, seed: 6)
        let stream = try codec.encode(bytes)
        var generator = SplitMix64(seed: 7)
        for _ in 0..<300 {
            var changed = stream
            // Behind a gzip header's flags, whose time and system change nothing of the content.
            let place = Int.random(in: 10..<stream.count, using: &generator)
            changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            if let decoded = try? codec.decode(changed) { #expect(decoded == bytes, "byte \(place), seed 7") }
        }
        #expect(throws: (any Error).self) { try codec.decode(stream + Array("and more".utf8)) }
    }

    @Test func zerosBehindAGzipFileArePadding() throws {
        let padded = Codec.gzip.hello + [UInt8](repeating: 0, count: 500)
        #expect(try Codec.gzip.decode(padded) == Array("hello, world\n".utf8))
    }
}
