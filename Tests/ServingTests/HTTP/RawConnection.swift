import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A response as it came over the wire.
struct RawResponse: Sendable {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON object.
    func json() throws -> [String: Any] { try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:] }

    /// The `error` member of the body.
    func error() throws -> [String: Any] { try json()["error"] as? [String: Any] ?? [:] }

    /// The data of all server-sent events.
    var events: [String] {
        text.components(separatedBy: "\n\n").filter { !$0.isEmpty }.map {
            $0.hasPrefix("data: ") ? String($0.dropFirst(6)) : $0
        }
    }
}

/// A TCP connection that does just what a test tells it. Its calls block, on threads of their own.
final class RawConnection: Sendable {
    struct Failure: Error {
        let what: String
    }

    private let descriptor: Int32
    private let isOpen = Mutex(true)

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(what: "socket") }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        // No test waits longer for the server.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            Glibc.close(descriptor)
            throw Failure(what: "connect: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close() }

    func close() {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        if wasOpen { Glibc.close(descriptor) }
    }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failure(what: "send")
        }
    }

    /// Sends a request, which asks for the end of the connection unless told otherwise.
    func send(
        _ method: String, _ path: String, body: String? = nil, headers: [String] = [], keepsAlive: Bool = false
    ) throws {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost"] + headers
        if !keepsAlive { lines.append("Connection: close") }
        if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"] }
        try send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
    }

    /// What comes next; empty at the end.
    func receive(_ count: Int = 65_536) async throws -> [UInt8] {
        let descriptor = descriptor
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                var buffer = [UInt8](repeating: 0, count: count)
                let received = recv(descriptor, &buffer, count, 0)
                if received < 0 {
                    continuation.resume(throwing: Failure(what: String(cString: strerror(errno))))
                } else {
                    continuation.resume(returning: Array(buffer.prefix(received)))
                }
            }
        }
    }

    /// Everything up to the end of the connection, as one response.
    func response() async throws -> RawResponse {
        var all: [UInt8] = []
        while true {
            let more = try await receive()
            if more.isEmpty { break }
            all += more
        }
        let text = String(decoding: all, as: UTF8.self)
        guard let gap = text.range(of: "\r\n\r\n") else { throw Failure(what: "no head: \(text)") }
        let head = text[..<gap.lowerBound].components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in head.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] =
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        var body = Array(text[gap.upperBound...].utf8)
        if headers["transfer-encoding"] == "chunked" { body = Self.joined(body) }
        let status = head.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return RawResponse(status: status ?? 0, headers: headers, body: body)
    }

    private static func joined(_ chunked: [UInt8]) -> [UInt8] {
        var rest = chunked[...]
        var body: [UInt8] = []
        while let end = rest.firstIndex(of: 0x0D),
            let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), size > 0
        {
            let chunk = rest.dropFirst(end + 2 - rest.startIndex)
            body += chunk.prefix(size)
            rest = chunk.dropFirst(size + 2)
        }
        return body
    }
}

/// One request on a connection of its own.
func ask(
    _ port: Int, _ method: String, _ path: String, body: String? = nil, headers: [String] = []
) async throws -> RawResponse {
    let connection = try RawConnection(port: port)
    defer { connection.close() }
    try connection.send(method, path, body: body, headers: headers)
    return try await connection.response()
}
