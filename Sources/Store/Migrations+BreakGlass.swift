extension Migrations {
  /// Keys whose calls pass what guards would refuse, with the reason. Null for all others.
  static let breakGlass = ["ALTER TABLE access_key ADD COLUMN break_glass TEXT"]
}
