import Foundation
import KeyedPRF

/// Stands for the server: a model's replies, and what goes out in their place.
@main
enum Program {
    static let question =
        "Ada has 24 marbles. She buys 33 more, and then loses half of what she has left after giving away 7. How many are left?"
    static let reply = """
        Ada begins with 24 marbles, which is the number we need to keep track of. Moreover, 33 more marbles are bought, which \
        means that we get 24 + 33 = 57. After that, Ada gives away 7, so only 57 - 7 = 50 marbles are left. Unfortunately half \
        of the marbles are gone, and thus 50 / 2 = 25 are still there. Lastly, we can see that Ada has 25 marbles altogether.
        #### 25
        """

    static func main() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let keyring = try Keyring.create(at: folder.appending(path: "keyring.json").path, tenants: ["acme", "globex"])

        let acme = try Middleware(keyring: keyring, tenant: "acme")
        guard let text = try await acme.released(question: question, reply: reply) else {
            fail("the reply was withheld")
        }
        print(text)
        guard text != reply else { fail("the reply was sent as it came") }
        guard text.hasSuffix("#### 25") else { fail("the answer was not kept") }

        // Members that the library does not know stay as they were, byte for byte.
        struct Completion: Codable {
            var id = "c1"
            var problem = Program.question
            var trace = Program.reply
            var usage = ["total_tokens": 173]
        }
        guard let bytes = try await acme.released(record: [UInt8](try JSONEncoder().encode(Completion()))) else {
            fail("the record was withheld")
        }
        let record = try JSONDecoder().decode(Completion.self, from: Data(bytes))
        guard record.trace == text, record.usage == ["total_tokens": 173] else { fail("the record is another one") }
        print("The same reply in a record: \(bytes.count) bytes, with what else stood in it.")
    }

    private static func fail(_ why: String) -> Never {
        FileHandle.standardError.write(Data("Middleware: \(why)\n".utf8))
        exit(1)
    }
}
