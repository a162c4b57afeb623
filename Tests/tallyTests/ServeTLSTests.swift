import Foundation
import Testing

/// `tally serve` with a certificate, as a client in Python sees it: one that trusts nobody else.
@Suite(.enabled(if: Tool.areThere("openssl", "python3"), "openssl or python3 is missing"))
struct ServeTLSTests {
  private static func run(_ command: [String], in folder: URL, input: String = "") throws -> (code: Int32, said: String)
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = folder
    let streams = try Workshop()
    try streams.write("in", input)
    try streams.write("said", "")
    let source = try FileHandle(forReadingFrom: streams.url("in"))
    let said = try FileHandle(forWritingTo: streams.url("said"))
    (process.standardInput, process.standardOutput, process.standardError) = (source, said, said)
    try process.run()
    process.waitUntilExit()
    let text = String(decoding: try Data(contentsOf: streams.url("said")), as: UTF8.self)
    return (process.terminationStatus, text.trimmingCharacters(in: .newlines))
  }

  /// Makes `NAME.pem` and `NAME.key`: a certificate for this machine that signs itself.
  private func certificate(_ name: String, in shop: Workshop) throws {
    let made = try ServeTLSTests.run(
      [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "\(name).key", "-out", "\(name).pem",
      ], in: shop.folder)
    try #require(made.code == 0, "\(made.said)")
  }

  /// Asks by HTTPS. Says the status and the version of TLS, or why there was no answer.
  private func ask(
    _ server: Served, trusting certificate: String, in shop: Workshop, token: String = "", newest: String = "TLSv1_3",
    path: String = "/metrics"
  ) throws -> String {
    let program = """
      import http.client, ssl, sys, warnings
      warnings.simplefilter("ignore")
      port, certificate, token, newest, path = sys.argv[1:]
      context = ssl.create_default_context(cafile=certificate)
      context.minimum_version = ssl.TLSVersion.TLSv1
      context.maximum_version = ssl.TLSVersion[newest]
      context.set_ciphers("ALL:@SECLEVEL=0")
      connection = http.client.HTTPSConnection("127.0.0.1", int(port), context=context, timeout=300)
      try:
          connection.request("GET", path, headers={"Authorization": "Bearer " + token})
          version = connection.sock.version()
          print(connection.getresponse().status, version)
      except ssl.SSLError as error:
          print(error.reason)
      """
    return try ServeTLSTests.run(
      ["python3", "-", "\(server.port)", certificate, token, newest, path], in: shop.folder, input: program
    ).said
  }

  @Test func theCertificateIsShownAndTheKeyAskedFor() throws {
    let shop = try Workshop()
    try certificate("one", in: shop)
    try certificate("other", in: shop)
    let made = try shop.tally("key", "create", "prometheus", "--scope", "read")
    let token = made.text.trimmingCharacters(in: .newlines)
    let server = try Served(
      in: shop.folder, ["--host", "0.0.0.0", "--tls-certificate", "one.pem", "--tls-key", "one.key"])
    #expect(server.greeting.contains("listening on https://0.0.0.0:"))
    #expect(try ask(server, trusting: "one.pem", in: shop, token: token) == "200 TLSv1.3")
    #expect(try ask(server, trusting: "one.pem", in: shop, token: token, newest: "TLSv1_2") == "200 TLSv1.2")
    #expect(try ask(server, trusting: "one.pem", in: shop, token: "tally_r_guess") == "401 TLSv1.3")
    #expect(try ask(server, trusting: "one.pem", in: shop, path: "/healthz") == "200 TLSv1.3")
    // The server ends what is older; whoever trusts another certificate ends it themselves.
    #expect(
      try ask(server, trusting: "one.pem", in: shop, newest: "TLSv1_1") == "TLSV1_ALERT_PROTOCOL_VERSION")
    #expect(try ask(server, trusting: "other.pem", in: shop) == "CERTIFICATE_VERIFY_FAILED")
    let said = try server.everythingSaid()
    #expect(!said.contains(token.suffix(40)))
  }

  @Test func aRenewedCertificateIsTakenWholeOrNotAtAll() async throws {
    let shop = try Workshop()
    for name in ["old", "new"] { try certificate(name, in: shop) }
    func install(_ certificate: String, _ key: String) throws {
      for (from, to) in [("\(certificate).pem", "live.pem"), ("\(key).key", "live.key")] {
        try Data(contentsOf: shop.url(from)).write(to: shop.url(to))
      }
    }
    try install("old", "old")
    let server = try Served(in: shop.folder, ["--tls-certificate", "live.pem", "--tls-key", "live.key"])
    /// Asks until the answer is the wanted one: the signal is handled beside the requests.
    func wait(for wanted: String, trusting certificate: String) async throws -> Bool {
      for _ in 0..<1_000 {
        if try ask(server, trusting: certificate, in: shop) == wanted { return true }
        try await Task.sleep(for: .milliseconds(100))
      }
      return false
    }
    #expect(try ask(server, trusting: "old.pem", in: shop) == "200 TLSv1.3")
    // A key that belongs to another certificate: nothing changes.
    try install("new", "old")
    server.signal(SIGHUP)
    // It has read both of them before the next ones are there.
    for _ in 0..<3_000 where !server.saidSoFar.contains("the certificate stays what it was") {
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(try ask(server, trusting: "old.pem", in: shop) == "200 TLSv1.3")
    try install("new", "new")
    server.signal(SIGHUP)
    #expect(try await wait(for: "200 TLSv1.3", trusting: "new.pem"))
    #expect(try ask(server, trusting: "old.pem", in: shop) == "CERTIFICATE_VERIFY_FAILED")
    let said = try server.everythingSaid()
    #expect(said.contains("the certificate stays what it was: live.pem and live.key do not belong together"))
  }

  /// An upstream whose certificate only its own authority vouches for: another server with a certificate.
  @Test func anUpstreamOfItsOwnAuthority() async throws {
    let provider = try StubUpstream { _, _ in StubUpstream.json(CallBench.reply) }
    let shop = try Workshop()
    for name in ["own", "other"] { try certificate(name, in: shop) }
    try shop.write("tally.yaml", "upstreams: {stub: {url: \"http://127.0.0.1:\(provider.port)/v1\"}}\n")
    let inner = try Served(in: shop.folder, ["--tls-certificate", "own.pem", "--tls-key", "own.key"])
    let outer = try Workshop()
    for name in ["own.pem", "other.pem"] {
      try Data(contentsOf: shop.url(name)).write(to: outer.url(name))
    }
    let url = "https://localhost:\(inner.port)/v1"
    try outer.write(
      "tally.yaml",
      """
      upstreams: {own: {url: "\(url)", ca: own.pem}, other: {url: "\(url)", ca: other.pem}, machine: {url: "\(url)"}}
      routes: {a: {upstream: own}, b: {upstream: other}, c: {upstream: machine}}
      """)
    let server = try ForwardingServer(in: outer)
    for (model, status) in [("a", 200), ("b", 502), ("c", 502)] {
      let reply = try await server.send(
        "POST", "v1/chat/completions", #"{"model":"\#(model)","messages":[{"role":"user","content":"Hi"}]}"#)
      #expect(reply.status == status, "\(model): \(reply.text)")
      if status == 502 { #expect(try reply.json()["error", "code"].string == "tls_failed") }
    }
    #expect(provider.requests.count == 1)
    #expect(try server.stop() == 0)
    _ = try inner.everythingSaid()
    try outer.write("own.pem", "nothing\n")
    let run = try outer.tally("serve", "--port", "0")
    #expect(run.code != 0 && run.errors.contains("own.pem: there is no certificate in it"), "\(run.errors)")
  }

  @Test func filesThatAreNoneAreNamed() throws {
    let shop = try Workshop()
    for name in ["one", "two"] { try certificate(name, in: shop) }
    try shop.write("empty.pem", "no certificate\n")
    for (certificate, key, said) in [
      ("none.pem", "one.key", "none.pem: No such file or directory"),
      ("empty.pem", "one.key", "empty.pem: there is no certificate in it"),
      ("one.pem", "empty.pem", "empty.pem: there is no private key in it"),
      ("one.pem", "two.key", "one.pem and two.key do not belong together"),
    ] {
      let run = try shop.tally("serve", "--port", "0", "--tls-certificate", certificate, "--tls-key", key)
      #expect(run.code == 64 && run.errors.contains(said), "\(run.errors)")
    }
  }
}

/// Programs that some tests use.
private enum Tool {
  static func areThere(_ names: String...) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return names.allSatisfy { name in
      folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
  }
}
