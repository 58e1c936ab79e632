import CLibXML2

/// An element that a recovering parser makes of region tags.
struct RegionElement: Equatable {
    /// Index of the start tag.
    var open: Int
    /// Index of the tag at which it ends, its own or another's; the number of tags at the end of the text.
    var close: Int
    /// Whether its own end tag closed it.
    var hasEndTag: Bool
}

/// Lets libxml2's recovering HTML parser decide what unclosed, nested and crossing tags mean.
///
/// The parser sees the region tags alone, each announced by a comment with its number: the text between them cannot
/// confuse it (a `<script>` that a trace talks about would swallow the rest), and its events are mapped back to
/// offsets by the last comment seen.
enum TagNesting {
    private final class Collector {
        var elements: [RegionElement] = []
        var stack: [Int] = []
        var current = 0
        let tags: [RegionTag]

        init(tags: [RegionTag]) {
            self.tags = tags
        }

        func begin(_ name: String) {
            guard current < tags.count, tags[current].element == name else { return }
            stack.append(elements.count)
            elements.append(RegionElement(open: current, close: tags.count, hasEndTag: false))
        }

        func end(_ name: String) {
            // Elements that the parser adds (html, body, p) were not pushed.
            guard let top = stack.last, tags[elements[top].open].element == name else { return }
            stack.removeLast()
            elements[top].close = current
            elements[top].hasEndTag = current < tags.count && tags[current].isEnd && tags[current].element == name
        }
    }

    static let isInitialised: Bool = {
        xmlInitParser()
        return true
    }()

    static func elements(of tags: [RegionTag]) -> [RegionElement] {
        guard !tags.isEmpty, isInitialised else { return [] }
        // One element around everything: after a first root element the parser would stop.
        var markup = "<div>".utf8.map { CChar($0) }
        for (index, tag) in tags.enumerated() {
            let slash = tag.isEnd ? "/" : ""
            let tail = tag.isSelfClosing ? "/" : ""
            markup += "<!--\(index)--><\(slash)\(tag.element)\(tail)>".utf8.map { CChar($0) }
        }
        markup += "<!--\(tags.count)-->".utf8.map { CChar($0) }
        let collector = Collector(tags: tags)
        var handler = htmlSAXHandler()
        handler.startElement = { context, name, _ in
            guard let collector = TagNesting.collector(context), let name else { return }
            collector.begin(String(cString: name))
        }
        handler.endElement = { context, name in
            guard let collector = TagNesting.collector(context), let name else { return }
            collector.end(String(cString: name))
        }
        handler.comment = { context, text in
            guard let collector = TagNesting.collector(context), let text else { return }
            if let index = Int(String(cString: text)) { collector.current = index }
        }
        withExtendedLifetime(collector) {
            let pointer = Unmanaged.passUnretained(collector).toOpaque()
            guard let parser = htmlCreatePushParserCtxt(&handler, pointer, nil, 0, nil, XML_CHAR_ENCODING_UTF8) else {
                return
            }
            let options = HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue
            htmlCtxtUseOptions(parser, Int32(options | HTML_PARSE_NOWARNING.rawValue | HTML_PARSE_NOIMPLIED.rawValue))
            htmlParseChunk(parser, markup, Int32(markup.count), 1)
            htmlFreeParserCtxt(parser)
        }
        return collector.elements
    }

    private static func collector(_ context: UnsafeMutableRawPointer?) -> Collector? {
        context.map { Unmanaged<Collector>.fromOpaque($0).takeUnretainedValue() }
    }
}
