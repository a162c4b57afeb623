internal import Dispatch
internal import Synchronization

/// Compresses packs beside the thread that writes the commit, one after the other: meanwhile it goes on with its rows.
final class PackPress: Sendable {
  /// A pack on its way.
  final class Pressed: Sendable {
    private let isReady = DispatchSemaphore(value: 0)
    private let result = Mutex<(form: ContentForm, bytes: [UInt8])>((.plain, []))

    fileprivate func put(_ form: ContentForm, _ bytes: [UInt8]) {
      result.withLock { $0 = (form, bytes) }
      isReady.signal()
    }

    /// How it is stored. Waits until that is known; may be asked once.
    func take() -> (form: ContentForm, bytes: [UInt8]) {
      isReady.wait()
      return result.withLock { $0 }
    }
  }

  private let queue = DispatchQueue(label: "tallystick.packs")
  private let coder = Mutex(ContentCoder())

  func press(_ packed: [UInt8]) -> Pressed {
    let pressed = Pressed()
    queue.async { [self] in
      coder.withLock { coder in coder.encode(packed) { pressed.put($0, Array($1)) } }
    }
    return pressed
  }
}
