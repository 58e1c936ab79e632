import Foundation
import Safetensors
import TestSupport
import Testing

/// A file that must be refused, and how.
struct HostileFile: Sendable, CustomTestStringConvertible {
    var label: String
    var bytes: [UInt8]
    var problem: SafetensorsError.Problem
    var tensor: String?

    init(
        _ label: String, _ bytes: [UInt8], _ problem: SafetensorsError.Problem, tensor: String? = "a"
    ) {
        (self.label, self.bytes, self.problem, self.tensor) = (label, bytes, problem, tensor)
    }

    /// One tensor "a" of the given fields, and 8 bytes of data.
    init(_ dtype: String, _ shape: String, _ offsets: String, _ problem: SafetensorsError.Problem) {
        let header = #"{"a":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
        self.init("\(dtype) \(shape.prefix(40)) \(offsets)", assembled(header, data: 8), problem)
    }

    var testDescription: String { label }

    static let entries: [Self] = [
        Self("F33", "[2]", "[0,8]", .unknownDType("F33")),
        Self("f32", "[2]", "[0,8]", .unknownDType("f32")),
        Self("F4", "[16]", "[0,8]", .unknownDType("F4")),
        Self("F64", "[2]", "[0,8]", .sizeMismatch(expected: 16, actual: 8)),
        Self("F16", "[2]", "[0,8]", .sizeMismatch(expected: 4, actual: 8)),
        Self("F32", "[]", "[0,8]", .sizeMismatch(expected: 4, actual: 8)),
        Self("F32", "[0]", "[0,8]", .sizeMismatch(expected: 0, actual: 8)),
        Self("F32", "[4]", "[0,16]", .offsetsOutOfBounds(begin: 0, end: 16, dataSize: 8)),
        Self("F32", "[2]", "[8,16]", .offsetsOutOfBounds(begin: 8, end: 16, dataSize: 8)),
        Self("F32", "[0]", "[9,9]", .offsetsOutOfBounds(begin: 9, end: 9, dataSize: 8)),
        Self("F32", "[2]", "[8,0]", .reversedOffsets(begin: 8, end: 0)),
        Self("F32", "[2]", "[8]", .offsetsNotAPair(count: 1)),
        Self("F32", "[2]", "[]", .offsetsNotAPair(count: 0)),
        Self("F32", "[2]", "[0,8,8]", .offsetsNotAPair(count: 3)),
        Self(
            "F32", "[4611686018427387904,4611686018427387904]", "[0,8]",
            .shapeOverflow([4_611_686_018_427_387_904, 4_611_686_018_427_387_904])),
        // 2^32 · 2^32 wraps to 0, (2^32 + 1) · 2^32 · 2^32 too.
        Self("U8", "[4294967296,4294967296]", "[0,0]", .shapeOverflow([4_294_967_296, 4_294_967_296])),
        Self("F64", "[1152921504606846976]", "[0,0]", .shapeOverflow([1_152_921_504_606_846_976])),
        Self(
            "F32", "[0,4611686018427387904,2]", "[0,0]",
            .shapeOverflow([0, 4_611_686_018_427_387_904, 2])),
        Self(
            "F32", "[" + [String](repeating: "1", count: 65).joined(separator: ",") + "]", "[0,4]",
            .tooManyDimensions(64)),
        Self("F32", "[1]", "[4,8]", .hole(begin: 4, previousEnd: 0)),
    ]

    static let texts: [Self] = [
        Self("nothing", [], .tooShort(size: 0), tensor: nil),
        Self("seven bytes", [0, 0, 0, 0, 0, 0, 0], .tooShort(size: 7), tensor: nil),
        Self("length only", assembled("", length: 1), .headerBeyondEnd(length: 1, fileSize: 8), tensor: nil),
        Self("length 2^63", assembled("{}", length: 1 << 63), .headerTooLarge(length: 1 << 63), tensor: nil),
        Self("length 2^64 - 1", assembled("{}", length: .max), .headerTooLarge(length: .max), tensor: nil),
        // -8 as a signed number: adding it to 8 gives 0.
        Self("length 2^64 - 8", assembled("{}", length: .max - 7), .headerTooLarge(length: .max - 7), tensor: nil),
        Self(
            "length above 100 MB", assembled("{}", length: 100_000_001), .headerTooLarge(length: 100_000_001),
            tensor: nil),
        Self(
            "length of 100 MB", assembled("{}", length: 100_000_000),
            .headerBeyondEnd(length: 100_000_000, fileSize: 10), tensor: nil),
        Self("bytes without a tensor", assembled("{}", data: 3), .trailingBytes(end: 0, dataSize: 3), tensor: nil),
        Self(
            "overlap",
            assembled(
                #"{"a":{"dtype":"U8","shape":[5],"data_offsets":[3,8]},"b":{"dtype":"I32","shape":[1],"#
                    + #""data_offsets":[0,4]}}"#, data: 8), .overlap(begin: 3, previousEnd: 4)),
        Self(
            "the same bytes twice",
            assembled(
                #"{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"I64","shape":[1],"#
                    + #""data_offsets":[0,8]}}"#, data: 8), .overlap(begin: 0, previousEnd: 8), tensor: "b"),
        Self(
            "tensor twice",
            assembled(
                #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\u0061":{"dtype":"U8","shape":[0],"#
                    + #""data_offsets":[0,0]}}"#), .duplicateKey("a", offset: 53), tensor: nil),
        Self("missing field", assembled(#"{"a":{"dtype":"U8","shape":[0]}}"#), .missingField("data_offsets")),
        Self(
            "field twice", assembled(#"{"a":{"dtype":"U8","dtype":"U8"}}"#), .duplicateKey("dtype", offset: 19)),
        Self("unknown field", assembled(#"{"a":{"x":1}}"#), .unknownField("x")),
    ]

    static let malformed: [String] = [
        "", " {}", "[]", "null", "{", "{}{}", "{} x", #"{"a"}"#, #"{"a":}"#, #"{"__metadata__":{}"#,
        #"{"__metadata__":{},}"#, #"{a:{}}"#,
        #"{"a":[]}"#, #"{"a":{"dtype":7}}"#, #"{"a":{"shape":{}}}"#, #"{"a":{"shape":[1 2]}}"#,
        #"{"a":{"shape":[1,]}}"#, #"{"a":{"shape":[-1]}}"#, #"{"a":{"shape":[1.0]}}"#, #"{"a":{"shape":[1e0]}}"#,
        #"{"a":{"shape":[01]}}"#, #"{"a":{"shape":["1"]}}"#, #"{"a":{"shape":[+1]}}"#, #"{"a":{"shape":[0x1]}}"#,
        #"{"a":{"shape":[NaN]}}"#, #"{"a":{"shape":[9223372036854775808]}}"#, #"{"a":{"shape":null}}"#,
        #"{"a":{"shape":[1"#, #"{"a":{"data_offsets":[0.0,8.0]}}"#, #"{"a":{"data_offsets":[-0,8]}}"#,
        #"{"a":{"data_offsets":[18446744073709551616,8]}}"#, #"{"a":{"data_offsets":[0,1e1]}}"#,
        #"{"__metadata__":{"k":1}}"#, #"{"__metadata__":null}"#, #"{"__metadata__":{"k":"v}}"#,
        #"{"\ud800":{}}"#, #"{"\udc00\ud800":{}}"#, #"{"\u12g4":{}}"#, #"{"\x":{}}"#, "{\"\u{1}\":{}}", #"{"\"#,
    ]
}

@Suite struct HostileFileTests {
    @Test(arguments: HostileFile.entries + HostileFile.texts, [SafetensorsFile.Access.mapped, .copied])
    func isRefused(_ file: HostileFile, access: SafetensorsFile.Access) throws {
        let error = try #require(try openingError(file.bytes, access: access))
        #expect(error.problem == file.problem)
        #expect(error.tensor == file.tensor)
        #expect(error.description.contains("t.safetensors"))
        if let tensor = file.tensor { #expect(error.description.contains("tensor '\(tensor)'")) }
    }

    @Test(arguments: HostileFile.malformed) func malformedJSONIsRefused(_ header: String) throws {
        let error = try #require(try openingError(assembled(header)))
        guard case .malformedJSON(let offset, _) = error.problem else {
            Issue.record("\(error)")
            return
        }
        #expect((0...header.utf8.count).contains(offset))
    }

    @Test func bytesThatAreNotUTF8AreRefused() throws {
        var bytes = assembled(#"{"??":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#)
        bytes[10] = 0xC3
        #expect(try openingError(bytes)?.problem == .malformedJSON(offset: 2, reason: "a string that is not UTF-8"))
    }

    @Test func deepNestingIsRefusedWithoutRecursion() throws {
        let brackets = String(repeating: "[", count: 2_000_000)
        #expect(try openingError(assembled(#"{"a":"# + brackets)) != nil)
        let objects = String(repeating: #"{"a":"#, count: 200_000)
        #expect(try openingError(assembled(objects)) != nil)
    }

    /// Every beginning of a file is refused, and only the whole one is read.
    @Test func truncationAtEveryByteIsRefused() throws {
        let header = #"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"__metadata__":{"k":"v"}}"#
        let whole = assembled(header, data: 4)
        let folder = try TemporaryDirectory()
        let path = folder.file("t.safetensors")
        for count in 0..<whole.count {
            try write(Array(whole[..<count]), to: path)
            #expect(throws: SafetensorsError.self, "\(count) bytes") { try SafetensorsFile(path: path) }
        }
        try write(whole + [0], to: path)
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
        try write(whole, to: path)
        _ = try SafetensorsFile(path: path)
    }

    /// Random damage never crashes, and a file that still opens can be read in full.
    @Test func randomDamageNeverCrashes() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix64(seed: seed)
        let whole = try contents(Golden.path("shapes.safetensors"))
        let folder = try TemporaryDirectory()
        let path = folder.file("t.safetensors")
        var opened = 0
        for _ in 0..<200 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            }
            try write(bytes, to: path)
            guard let file = try? SafetensorsFile(path: path) else { continue }
            opened += 1
            for tensor in file.tensors {
                #expect(try file.bytes(tensor.name).count == tensor.byteRange.count, "seed \(seed)")
            }
        }
        #expect(opened < 200, "seed \(seed)")
    }

    @Test func aFolderIsRefused() throws {
        let folder = try TemporaryDirectory()
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: folder.path) }
    }

    @Test func aPipeIsRefusedAtOnce() throws {
        let folder = try TemporaryDirectory()
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: folder.file("pipe")) }
        #expect(error?.problem == .notARegularFile)
    }

    @Test func aMissingFileSaysSo() throws {
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: "/nowhere/x.safetensors") }
        #expect(error?.problem == .system(operation: "open", code: ENOENT))
        #expect(error?.description == "/nowhere/x.safetensors: cannot open: No such file or directory")
    }

    @Test func aPathWithNULIsRefused() throws {
        let error = #expect(throws: SafetensorsError.self) {
            try SafetensorsFile(path: Golden.path("empty.safetensors") + "\0x")
        }
        #expect(error?.problem == .invalidPath)
    }

    @Test func namesInErrorsCannotSteerATerminal() throws {
        let long = String(repeating: "x", count: 100_000)
        let error = try #require(
            try openingError(assembled(#"{"\u001b[2J\n\u202e\#(long)":{"dtype":"X","shape":[],"data_offsets":[]}}"#)))
        #expect(error.description.contains(#"'\u{1b}[2J\u{a}\u{202e}xxx"#))
        #expect(error.description.utf8.count < 1000)
        #expect(!error.description.contains("\u{1b}"))
    }
}
