/// The version that `tally --version` prints and that every packaged file is named by.
///
/// `make lint` keeps it equal to the `VERSION` file at the root of the package.
enum Version {
  static let current = "0.1.0"
}
