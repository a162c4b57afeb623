internal import AsyncHTTPClient
internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import NIOHTTP1

/// Answers the paths of Langfuse that nobody here does, by asking the target that `forward` names for them.
///
/// What a client asks for goes there as it is, but with the target's key: whoever may ask here asks with that.
struct UpstreamProxy: RouterMiddleware {
  typealias Context = BasicRequestContext

  /// Nil when `tally.yaml` names none.
  let upstream: (target: ForwardTarget, client: ForwardClient)?
  let bodies: BodyReader

  static let prefix = "/api/public/"

  func handle(
    _ request: Request, context: BasicRequestContext, next: (Request, BasicRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound && request.uri.path.hasPrefix(UpstreamProxy.prefix) {
      guard let upstream else {
        return Response(
          Answer(
            status: 404, code: "NO_UPSTREAM",
            message: """
              Tallystick does not answer \(request.uri.path). To have Langfuse answer it, name it in tally.yaml: \
              forward: {langfuse: {url: https://…, kind: langfuse, proxy: true}}.
              """))
      }
      guard !UpstreamProxy.climbs(request.uri.path) else {
        return Response(Answer(status: 400, code: "PATH", message: "A path without '..' is asked for."))
      }
      return await bodies.pass(request) { body in
        await UpstreamProxy.answer(request, body, upstream.target, upstream.client)
      }
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

  private static func answer(
    _ request: Request, _ body: [UInt8], _ target: ForwardTarget, _ client: ForwardClient
  ) async -> Response {
    var outgoing = HTTPClientRequest(url: target.url + request.uri.string)
    outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
    outgoing.headers = headers(request.headers, target)
    if !body.isEmpty { outgoing.body = .bytes(ByteBuffer(bytes: body)) }
    do {
      let response = try await client.http.execute(outgoing, timeout: TimeAmount(target.timeout))
      var headers = HTTPFields()
      for (name, value) in response.headers where !isOfTheHop(name, response.headers) {
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
  private static func headers(_ fields: HTTPFields, _ target: ForwardTarget) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for field in fields { headers.add(name: field.name.canonicalName, value: field.value) }
    for name in Array(headers.map(\.name)) where isOfTheHop(name, headers) || own.contains(name) {
      headers.remove(name: name)
    }
    if !target.headers.isEmpty { headers.remove(name: "authorization") }
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
