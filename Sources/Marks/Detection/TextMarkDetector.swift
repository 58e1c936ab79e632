import KeyedPRF
import Traces

/// A text to be tested.
public struct DetectionDocument: Hashable, Sendable {
    /// The whole text.
    public var text: String
    /// Where its reasoning stands, as UTF-8 offsets, ascending.
    public var reasoning: [Range<Int>]

    /// Creates a document; without regions the whole text is reasoning. Of a reply with thought marks or a final answer, use
    /// ``init(trace:)``: words outside of its reasoning carry no mark, and only weaken the test.
    public init(text: String, reasoning: [Range<Int>]? = nil) {
        self.text = text
        self.reasoning = reasoning ?? [0..<text.utf8.count]
    }

    /// Creates a document of a trace or reply, whose reasoning is found as it is found before it is rewritten.
    public init(trace text: String) {
        self.init(text: text, reasoning: TraceRegions.find(in: text, role: .trace).reasoning)
    }
}

/// Tests texts for the marks of a set of keys.
///
/// Observations are counted once, at their first occurrence in document order across everything that is pooled, so repeated
/// texts add no evidence and the result depends neither on the number of workers nor on the memory limit.
public struct TextMarkDetector: Sendable {
    /// What is tested.
    package let plan: DetectionPlan
    /// What was decided in advance.
    public var settings: DetectionSettings
    /// Memory limit and folder of the de-duplication.
    public var deduplication: DeduplicationOptions

    /// Creates a detector for the given channels; a channel without a key of its purpose is left out.
    ///
    /// - Parameters:
    ///   - schemes: The channels, as they marked the texts.
    ///   - keys: Subkeys of any tenants, epochs and purposes; every one tested counts in the family.
    ///   - settings: What is decided in advance.
    ///   - deduplication: Memory limit and folder.
    public init(
        schemes: [any TextMarkScheme], keys: [Subkey], settings: DetectionSettings = DetectionSettings(),
        deduplication: DeduplicationOptions = DeduplicationOptions()
    ) {
        plan = DetectionPlan(schemes: schemes, keys: keys)
        self.settings = settings
        self.deduplication = deduplication
    }

    /// Tests one text by itself; the family is the schemes and keys of this text alone.
    ///
    /// - Throws: ``DetectionError``, such as for a temporary file that cannot be written.
    public func detect(_ document: DetectionDocument) throws(DetectionError) -> [DetectionResult] {
        try SingleDocumentDetector(self).detect(document)
    }

    /// Tests documents pooled, on the calling thread.
    ///
    /// - Throws: ``DetectionError``, such as for a temporary file that cannot be written.
    public func detect(pooling documents: some Sequence<DetectionDocument>) throws(DetectionError) -> [DetectionResult]
    {
        let worker = try ObservationWorker(plan: plan)
        let merger = ObservationMerger(plan: plan, options: deduplication)
        for document in documents {
            worker.scan(document.text, reasoning: document.reasoning)
            try merger.merge(worker.takeObservations())
        }
        return results(of: try merger.finish())
    }

    /// The results for counts that were collected elsewhere.
    package func results(of counts: ObservationCounts) -> [DetectionResult] {
        DetectionAnalysis.results(of: counts, plan: plan, settings: settings)
    }
}

/// Tests texts one by one with one set of key contexts. One per worker.
public final class SingleDocumentDetector {
    private let detector: TextMarkDetector
    private let worker: ObservationWorker

    /// Prepares for any number of texts.
    ///
    /// - Throws: ``DetectionError`` if libcrypto refuses.
    public init(_ detector: TextMarkDetector) throws(DetectionError) {
        self.detector = detector
        worker = try ObservationWorker(plan: detector.plan, dropsRepetitions: false)
    }

    /// Tests one text by itself.
    ///
    /// - Throws: ``DetectionError``, such as for a temporary file that cannot be written.
    public func detect(_ document: DetectionDocument) throws(DetectionError) -> [DetectionResult] {
        worker.scan(document.text, reasoning: document.reasoning)
        let merger = ObservationMerger(plan: detector.plan, options: detector.deduplication)
        try merger.merge(worker.takeObservations())
        return detector.results(of: try merger.finish())
    }
}
