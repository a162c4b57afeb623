import Foundation
import Testing

/// `Documentation/openapi.json`, held against what the server really says.
struct APIDocument {
  let root: JSON

  init() throws {
    root = try JSON(Data(contentsOf: Tally.root.appendingPathComponent("Documentation/openapi.json")))
  }

  /// Such as `GET /healthz`.
  var routes: [String] {
    guard case .object(let paths) = root["paths"] else { return [] }
    return paths.flatMap { path, item in
      guard case .object(let methods) = item else { return [String]() }
      return methods.keys.map { "\($0.uppercased()) \(path)" }
    }
  }

  /// What is wrong with an answer: its status, its type or its body is not in the document.
  func faults(_ method: String, _ path: String, _ reply: Served.Reply) throws -> [String] {
    let place = "\(method) \(path) \(reply.status)"
    let answer = root["paths", .key(path), .key(method.lowercased()), "responses", .key("\(reply.status)")]
    guard case .object(let contents) = answer["content"] else { return ["\(place) is not in the document"] }
    let type = (reply.headers["Content-Type"] as? String ?? "").split(separator: ";").first.map(String.init) ?? ""
    guard let content = contents[type] else { return ["\(place): \(type) is none of \(contents.keys)"] }
    guard type.hasSuffix("json") else { return [] }
    let body = try reply.json()
    // An empty schema of any object takes any object.
    return SchemaCheck(root: root).faults(body, content["schema"]).map { "\(place): \($0)" }
  }
}
