import Glibc
import Synchronization

/// Keeps what is needed to reproduce the input that is being read, and saves it when the process dies or an input takes
/// too long.
///
/// Its state is process-wide, since signal handlers reach nothing else.
enum Guardian {
  /// Seconds that one input may take.
  static let timeLimit = 10
  // Written by the fuzzing thread before each input; read by the handler that ends the process and by the watchdog, which
  // only saves and ends it. Atomics, as threads and handlers may look at any time.
  private static let address = Atomic<UInt>(0)
  private static let length = Atomic<Int>(0)
  private static let began = Atomic<Int>(0)
  private static let path = Atomic<UInt>(0)

  /// Limits memory, handles fatal signals and starts the watchdog.
  /// - Parameter file: where the input is saved.
  static func start(saving file: String, memory: UInt) {
    var limit = rlimit(rlim_cur: memory, rlim_max: memory)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    path.store(UInt(bitPattern: strdup(file)), ordering: .sequentiallyConsistent)
    for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE] {
      signal(number) { number in
        Guardian.save()
        signal(number, SIG_DFL)
        raise(number)
      }
    }
    var thread = pthread_t()
    pthread_create(&thread, nil, { _ in Guardian.watch() }, nil)
  }

  /// Notes the input that is about to be read; it must stay where it is.
  static func begin(_ input: UnsafeRawBufferPointer) {
    address.store(UInt(bitPattern: input.baseAddress), ordering: .relaxed)
    length.store(input.count, ordering: .relaxed)
    began.store(time(nil), ordering: .releasing)
  }

  private static func watch() -> UnsafeMutableRawPointer? {
    while true {
      sleep(1)
      let start = began.load(ordering: .acquiring)
      guard start > 0, time(nil) - start > timeLimit else { continue }
      save()
      complain("an input took longer than \(timeLimit) s: it is saved")
      _exit(3)
    }
  }

  /// Writes a line to standard error.
  static func complain(_ text: String) {
    let line = text + "\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }

  /// Writes the current input with system calls only.
  private static func save() {
    guard let name = UnsafePointer<CChar>(bitPattern: path.load(ordering: .relaxed)) else { return }
    let file = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0o644)
    guard file >= 0 else { return }
    _ = write(file, UnsafeRawPointer(bitPattern: address.load(ordering: .relaxed)), length.load(ordering: .relaxed))
    close(file)
  }
}
