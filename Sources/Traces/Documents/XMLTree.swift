import CLibXML2
import StrictJSON

/// Owns a libxml2 document tree.
final class XMLTree {
    /// What the callbacks of a parse leave behind.
    private final class Guard {
        var refusal: (line: Int, message: String)?
    }

    let document: xmlDocPtr
    /// Whether the parser had to repair the document.
    let wasRepaired: Bool

    private init(document: xmlDocPtr, wasRepaired: Bool) {
        self.document = document
        self.wasRepaired = wasRepaired
    }

    deinit {
        xmlFreeDoc(document)
    }

    /// Parses XML with the recovering parser: no network, no DTD, no entities of the document's own.
    static func xml(_ bytes: [UInt8], file: String) throws(TraceError) -> XMLTree {
        guard TagNesting.isInitialised, let parser = xmlNewParserCtxt() else {
            throw TraceError(.malformedXML, at: SourceLocation(file: file, line: 1), "no memory for a parser")
        }
        defer { xmlFreeParserCtxt(parser) }
        let state = Guard()
        parser.pointee._private = Unmanaged.passUnretained(state).toOpaque()
        parser.pointee.sax.pointee.entityDecl = { context, name, _, _, _, _ in
            XMLTree.refuse(context, "declares the entity \"\(XMLTree.string(name) ?? "")\"; entities are not read")
        }
        parser.pointee.sax.pointee.unparsedEntityDecl = { context, name, _, _, _ in
            XMLTree.refuse(context, "declares the entity \"\(XMLTree.string(name) ?? "")\"; entities are not read")
        }
        parser.pointee.sax.pointee.getParameterEntity = { context, name in
            XMLTree.refuse(
                context, "uses the parameter entity \"\(XMLTree.string(name) ?? "")\"; entities are not read")
            return nil
        }
        parser.pointee.sax.pointee.getEntity = { context, name in
            if let predefined = xmlGetPredefinedEntity(name) { return predefined }
            XMLTree.refuse(
                context, "uses the entity \"\(XMLTree.string(name) ?? "")\"; only the five predefined ones are read")
            return nil
        }
        parser.pointee.sax.pointee.internalSubset = { context, name, publicID, systemID in
            if publicID != nil || systemID != nil {
                XMLTree.refuse(context, "names an external DTD; none is read")
            } else {
                xmlSAX2InternalSubset(context, name, publicID, systemID)
            }
        }
        let options =
            XML_PARSE_RECOVER.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue
            | XML_PARSE_NOWARNING.rawValue | XML_PARSE_BIG_LINES.rawValue
        let document = withExtendedLifetime(state) {
            bytes.withUnsafeBytes { raw in
                xmlCtxtReadMemory(
                    parser, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count), nil, nil,
                    Int32(options))
            }
        }
        return try finish(parser, document, file: file, refusal: state.refusal)
    }

    /// Parses HTML with the recovering parser. Bytes that are UTF-8 are read as UTF-8 whatever the page declares.
    static func html(_ bytes: [UInt8], file: String) throws(TraceError) -> XMLTree {
        let location = SourceLocation(file: file, line: 1)
        guard TagNesting.isInitialised, let parser = htmlNewParserCtxt() else {
            throw TraceError(.malformedXML, at: location, "no memory for a parser")
        }
        defer { htmlFreeParserCtxt(parser) }
        let isUTF8 = bytes.withUnsafeBytes { UTF8Validation.firstInvalidOffset(in: $0) } == nil
        let options =
            HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue
            | HTML_PARSE_NOWARNING.rawValue | HTML_PARSE_NODEFDTD.rawValue
        let document = bytes.withUnsafeBytes { raw in
            htmlCtxtReadMemory(
                parser, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count), nil,
                isUTF8 ? "UTF-8" : nil, Int32(options))
        }
        return try finish(parser, document, file: file, refusal: nil)
    }

    private static func finish(
        _ parser: xmlParserCtxtPtr, _ document: xmlDocPtr?, file: String, refusal: (line: Int, message: String)?
    ) throws(TraceError) -> XMLTree {
        let error = parser.pointee.lastError
        let message = string(UnsafePointer(error.message)).map(trimmed) ?? "the document cannot be read"
        let location = SourceLocation(
            file: file, line: max(1, refusal?.line ?? Int(error.line)), column: nil)
        let tree = document.map { XMLTree(document: $0, wasRepaired: parser.pointee.wellFormed == 0) }
        if let refusal { throw TraceError(.entityRefused, at: location, "the document \(refusal.message)") }
        if message.contains("xcessive depth") {
            throw TraceError(.nestingTooDeep, at: location, "elements are nested too deep: \(message)")
        }
        guard let tree, xmlDocGetRootElement(tree.document) != nil, parser.pointee.disableSAX == 0 else {
            throw TraceError(.malformedXML, at: location, message)
        }
        // Recovery would drop what follows the root element.
        if error.code == Int32(XML_ERR_DOCUMENT_END.rawValue), tree.document.pointee.type == XML_DOCUMENT_NODE {
            throw TraceError(.malformedXML, at: location, message)
        }
        return tree
    }

    private static func refuse(_ context: UnsafeMutableRawPointer?, _ message: String) {
        guard let parser = context?.assumingMemoryBound(to: xmlParserCtxt.self),
            let pointer = parser.pointee._private
        else { return }
        let state = Unmanaged<Guard>.fromOpaque(pointer).takeUnretainedValue()
        if state.refusal == nil { state.refusal = (Int(xmlSAX2GetLineNumber(context)), message) }
        xmlStopParser(parser)
    }

    // MARK: Strings

    static func string(_ pointer: UnsafePointer<xmlChar>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private static func string(_ pointer: UnsafePointer<CChar>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private static func trimmed(_ message: String) -> String {
        String(message.split(separator: "\n").first ?? "")
    }

    // MARK: Serialising

    /// The document in its own encoding.
    func serialised(isHTML: Bool, hasDeclaration: Bool) -> [UInt8]? {
        guard let buffer = xmlBufferCreate() else { return nil }
        defer { xmlBufferFree(buffer) }
        var options = isHTML ? XML_SAVE_AS_HTML.rawValue : XML_SAVE_AS_XML.rawValue
        if !isHTML, !hasDeclaration { options |= XML_SAVE_NO_DECL.rawValue }
        let encoding = Self.string(document.pointee.encoding) ?? "UTF-8"
        guard let saver = xmlSaveToBuffer(buffer, encoding, Int32(options)) else { return nil }
        let status = xmlSaveDoc(saver, document)
        guard xmlSaveClose(saver) >= 0, status >= 0, let content = xmlBufferContent(buffer) else { return nil }
        return Array(UnsafeBufferPointer(start: content, count: Int(xmlBufferLength(buffer))))
    }
}
