internal import AsyncHTTPClient
internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import NIOHTTP1
internal import Records

/// Answers the paths of Langfuse that nobody here does, by asking the target that `forward` names for them.
///
/// What a client asks for goes there as it is, but with the target's key, and without what must not go on: whoever may ask here asks
/// with that.
struct UpstreamProxy: Sendable {
  static let prefix = "/api/public/"
  static let projects = "/api/public/projects"

  let target: ForwardTarget
  let client: ForwardClient
  let bodies: BodyReader
  let onward: Onward

  /// What a key must let do. The target's own key knows no tenants, so that no tenant's key gets through.
  static func demand(_ request: Request) -> Routes.Demand {
    switch request.method {
    case .get, .head: return Routes.Demand(.read)
    // What SDKs write beside their traces: files that belong to them, and which trace came of which item of a data set.
    case .post where request.uri.path == "/api/public/media" || request.uri.path == "/api/public/dataset-run-items",
      .patch where request.uri.path.hasPrefix("/api/public/media/"):
      return Routes.Demand(.ingest)
    default: return Routes.Demand(.admin)
    }
  }

  /// What is answered where `tally.yaml` names no target for them.
  static func none(_ request: Request) -> Response {
    Response(
      Answer(
        status: 404, code: "NO_UPSTREAM",
        message: """
          Tallystick does not answer \(request.uri.path). To have Langfuse answer it, name it in tally.yaml: \
          forward: {langfuse: {url: https://…, kind: langfuse, proxy: true}}.
          """))
  }

  func answer(_ request: Request, from principal: Principal) async -> Response {
    guard !UpstreamProxy.climbs(request.uri.path) else {
      return Response(Answer(status: 400, code: "PATH", message: "A path without '..' is asked for."))
    }
    return await bodies.pass(request, isExpanded: onward.changes) { body in
      guard let body = onward.request(body) else {
        return Response(
          Answer(
            status: 403, code: "REDACTED",
            message: """
              \(request.uri.path) is answered by '\(target.name)', and nothing goes there that redaction in tally.yaml cannot \
              read: with content: drop no bodies, else only JSON.
              """))
      }
      return await ask(request, body, from: principal)
    }
  }

  /// Whether a path may lead out of the public ones, where the target's key is not meant to be used.
  static func climbs(_ path: String) -> Bool {
    var plain = path.lowercased()
    // Encoded once or more often: whoever decodes it later must not see it either.
    for (code, text) in [("%25", "%"), ("%25", "%"), ("%2e", "."), ("%2f", "/"), ("%5c", "/"), ("\\", "/")] {
      plain = plain.split(separator: code, omittingEmptySubsequences: false).joined(separator: text)
    }
    return plain.split(separator: "/").contains("..")
  }

  private func ask(_ request: Request, _ body: [UInt8], from principal: Principal) async -> Response {
    var outgoing = HTTPClientRequest(url: target.url + request.uri.string)
    outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
    outgoing.headers = headers(request.headers, from: principal)
    if !body.isEmpty { outgoing.body = .bytes(ByteBuffer(bytes: body)) }
    do {
      let response = try await client.http.execute(outgoing, timeout: TimeAmount(target.timeout))
      var headers = HTTPFields()
      for (name, value) in response.headers where !UpstreamProxy.isOfTheHop(name, response.headers) {
        if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
      }
      let length = response.headers.first(name: "content-length").flatMap { Int($0) }
      headers[.contentLength] = nil
      let status = HTTPResponse.Status(
        code: Int(response.status.code), reasonPhrase: response.status.reasonPhrase)
      if request.method == .head || status.code == 204 || status.code == 304 {
        return Response(status: status, headers: headers)
      }
      return Response(
        status: status, headers: headers,
        body: ResponseBody(contentLength: length) { writer in
          for try await piece in response.body { try await writer.write(piece) }
          try await writer.finish(nil)
        })
    } catch {
      let isLate = [.deadlineExceeded, .readTimeout, .connectTimeout].contains(error as? HTTPClientError)
      return Response(
        Answer(
          status: isLate ? 504 : 502, code: isLate ? "UPSTREAM_LATE" : "UPSTREAM_AWAY",
          message: """
            \(request.uri.path) is answered by '\(target.name)', and \(ForwardClient.problem(error, target)). What is \
            delivered here is kept all the same.
            """))
    }
  }

  /// Those of the request, but for what belongs to this connection and to this server's keys.
  private func headers(_ fields: HTTPFields, from principal: Principal) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for field in fields { headers.add(name: field.name.canonicalName, value: field.value) }
    for name in Array(headers.map(\.name)) {
      if UpstreamProxy.isOfTheHop(name, headers) || UpstreamProxy.own.contains(name.lowercased()) {
        headers.remove(name: name)
      }
    }
    if onward.changes { headers.remove(name: "content-encoding") }
    // What lets a client in here is nobody else's.
    if principal.key != nil || !target.headers.isEmpty { headers.remove(name: "authorization") }
    for (name, value) in target.headers { headers.replaceOrAdd(name: name, value: value) }
    return headers
  }

  /// Of this server; the client says the length anew.
  private static let own: Set<String> = ["host", "content-length", "expect", "x-api-key"]

  /// Headers that are about one connection (RFC 9110, 7.6.1), and those that `Connection` names.
  private static let hop: Set<String> = [
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade",
  ]

  private static func isOfTheHop(_ name: String, _ headers: HTTPHeaders) -> Bool {
    let name = name.lowercased()
    return hop.contains(name) || headers[canonicalForm: "connection"].contains { $0.lowercased() == name }
  }
}
