import Glibc
import Synchronization

/// Stands between a client and a server's socket, and cuts a connection when a commit passes by.
final class CuttingProxy: Sendable {
  enum Cut {
    case nothing
    /// The server is never told to commit.
    case beforeCommit
    /// The server commits, and its client does not learn of it.
    case afterCommit
  }

  private let plan = Mutex(Cut.nothing)
  private let server: String
  private let listener: Int32
  /// Where its socket lies.
  let folder: TemporaryFolder

  init(to server: String) {
    self.server = server
    folder = TemporaryFolder()
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let path = folder.path
    let code = CuttingProxy.withAddress(path) { [listener] in bind(listener, $0, $1) }
    precondition(code == 0 && listen(listener, 16) == 0)
  }

  deinit { close(listener) }

  /// Cuts at the next commit.
  func cut(_ cut: Cut) { plan.withLock { $0 = cut } }

  /// Serves until the listener is closed; a thread a connection.
  func start() {
    Thread.run { [self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        Thread.run { [self] in serve(client) }
      }
    }
  }

  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve(_ client: Int32) {
    let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer {
      close(client)
      close(upstream)
    }
    guard CuttingProxy.withAddress(server, { connect(upstream, $0, $1) }) == 0 else { return }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      var sides = [
        pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: upstream, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&sides, 2, -1) > 0 else { return }
      for (from, to) in [(0, 1), (1, 0)] where sides[from].revents != 0 {
        let count = recv(sides[from].fd, &buffer, buffer.count, 0)
        guard count > 0 else { return }
        let cut =
          from == 0 && CuttingProxy.commits(buffer[..<count])
          ? plan.withLock { plan in
            defer { plan = .nothing }
            return plan
          } : .nothing
        if cut == .beforeCommit { return }
        guard send(sides[to].fd, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return }
        if cut == .afterCommit {
          // Its answer has come, so it is done; nobody else hears it.
          _ = recv(upstream, &buffer, buffer.count, 0)
          return
        }
      }
    }
  }

  private static let commit = Array("COMMIT\0".utf8)

  private static func commits(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.indices.contains { bytes[$0...].starts(with: commit) }
  }

  private static func withAddress(_ folder: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array("\(folder)/.s.PGSQL.5432\0".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    return withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}

/// A thread for what blocks.
private enum Thread {
  static func run(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Body(body)).toOpaque()
    pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, argument)
    pthread_detach(thread)
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
