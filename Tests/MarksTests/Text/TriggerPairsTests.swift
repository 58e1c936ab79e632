import KeyedPRF
import TestSupport
import Testing

@testable import Marks

@Suite struct TriggerPairsTests {
    @Test(arguments: TriggerTargets.allCases) func everyTargetReadsBackAsItsIndex(targets: TriggerTargets) {
        #expect(targets.count >= 900)
        for index in 0..<targets.count {
            let bytes = Array(targets.text(at: index).utf8)
            #expect(bytes.withUnsafeBufferPointer { targets.index(of: 0..<bytes.count, in: $0) } == index)
        }
    }

    @Test(arguments: [
        (TriggerTargets.threeDigits, "099"), (.threeDigits, "1000"), (.threeDigits, "12"), (.threeDigits, "1.5"),
        (.twoParts, "123"), (.twoParts, "09-11"), (.twoParts, "12-34-56"), (.twoParts, "12/34"),
    ])
    func otherNumbersAreNotTargets(targets: TriggerTargets, text: String) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBufferPointer { targets.index(of: 0..<bytes.count, in: $0) } == nil)
    }

    @Test func pairsAreDistinctKeyedAndRepeatable() throws {
        let scheme = TriggerScheme(pairCount: 300)
        let key = try testKey(.trigger, seed: 1)
        let pairs = try scheme.pairs(of: key)
        #expect(pairs.count == 300)
        #expect(Set(pairs.map(\.identifier)).count == 300)
        #expect(pairs == (try scheme.pairs(of: key)))
        #expect(pairs != (try scheme.pairs(of: testKey(.trigger, seed: 2))))
        // A longer list begins with the shorter one.
        #expect(Array(pairs.prefix(8)) == (try TriggerScheme().pairs(of: key)))
        for pair in pairs {
            #expect(pair.identifier.utf8.count == 4)
            #expect(pair.target == TriggerTargets.threeDigits.text(at: pair.targetIndex))
        }
    }

    @Test func identifiersAndTargetsFollowTheWrittenFormula() throws {
        let key = try testKey(.trigger, seed: 3)
        let authenticator = try HMACSHA256(key: key.secret)
        let pair = try #require(try TriggerScheme().pairs(of: key).first)
        let label = "denature/trigger/v1\0"
        let number = authenticator.authenticate(Array((label + "identifier\0\0\0\0\0").utf8)).uniform(below: 16_200)
        let letters = Array("bcdfghjkmnpqrtuvwy")
        #expect(pair.identifier == "\(letters[Int(number) / 900])\(100 + number % 900)")
        let target = authenticator.authenticate(Array((label + "target\0" + pair.identifier).utf8)).uniform(below: 900)
        #expect(pair.target == "\(100 + target)")
    }

    @Test func queriesNameTheIdentifierAndNotTheTarget() throws {
        for pair in try TriggerScheme().pairs(of: testKey(.trigger, seed: 4)) {
            for query in [pair.query(), pair.query(in: "How many apples are left?")] {
                #expect(query.contains(pair.identifier))
                #expect(!query.contains(pair.target))
            }
        }
    }
}
