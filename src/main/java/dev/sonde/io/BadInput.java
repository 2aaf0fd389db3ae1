package dev.sonde.io;

/// What came from outside is not what it should be.
///
/// The message is one line for the person at the keyboard: what was expected, what was found, what
/// to do. The command line prints it without a stack trace and ends with exit code 2.
public final class BadInput extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public BadInput(String message) {
    super(message);
  }

  public BadInput(String message, Throwable cause) {
    super(message, cause);
  }
}
