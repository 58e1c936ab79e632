import KeyedPRF

/// Turns documents into observations and evaluates every key on them. One per worker; documents must arrive in document
/// order within a worker.
package final class ObservationWorker {
    private let plan: DetectionPlan
    private let hasher: SipHash128
    /// By scheme, then key.
    private let authenticators: [[HMACSHA256]]
    private var buffer: ObservationBuffer
    /// Digests this worker has passed on lately. A repetition within one worker can never be the first occurrence, so
    /// dropping it saves its HMACs without changing any result.
    private var recent: ContiguousArray<(UInt64, UInt64)>
    private static let recentMask: UInt64 = 1 << 15 - 1

    /// Prepares a worker for a plan.
    ///
    /// - Parameters:
    ///   - plan: What is tested.
    ///   - dropsRepetitions: False when documents are to be judged one by one.
    package init(plan: DetectionPlan, dropsRepetitions: Bool = true) throws(DetectionError) {
        self.plan = plan
        buffer = ObservationBuffer(hitWords: plan.hitWords)
        do {
            hasher = try SipHash128()
            authenticators = try plan.entries.map { entry in try entry.keys.map { try HMACSHA256(key: $0.secret) } }
        } catch let error as KeyedPRFError {
            throw .key(error)
        } catch {
            throw .key(.cryptography(operation: "key set-up", reason: "\(error)"))
        }
        // All zeros is a digest that no message has but with probability 2⁻¹²⁸.
        recent = ContiguousArray(repeating: (0, 0), count: dropsRepetitions ? Int(Self.recentMask) + 1 : 0)
    }

    /// Scans one document.
    ///
    /// - Parameters:
    ///   - text: The document.
    ///   - reasoning: Its reasoning regions as UTF-8 offsets, ascending.
    package func scan(_ text: String, reasoning: [Range<Int>]) {
        for (index, entry) in plan.entries.enumerated() {
            let authenticators = authenticators[index]
            entry.scheme.forEachObservation(in: text, reasoning: reasoning) { observation in
                guard observation.alternatives > 1 else { return }
                let digest = hasher.hash(observation.message)
                if !recent.isEmpty {
                    let slot = Int(digest.0 & Self.recentMask)
                    guard recent[slot] != digest else { return }
                    recent[slot] = digest
                }
                buffer.append(
                    digest: digest,
                    classCode: ObservationClass(scheme: index, alternatives: observation.alternatives).code)
                let alternatives = UInt64(observation.alternatives)
                let observed = UInt64(truncatingIfNeeded: observation.observed)
                for key in authenticators.indices
                where authenticators[key].authenticate(observation.message).uniform(below: alternatives) == observed {
                    buffer.setHit(key: key)
                }
            }
        }
    }

    /// The observations since the last call.
    package func takeObservations() -> ObservationBuffer {
        let taken = buffer
        buffer = ObservationBuffer(hitWords: plan.hitWords)
        return taken
    }
}
