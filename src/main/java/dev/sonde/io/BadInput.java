package dev.sonde.io;

/// What came from outside is not what it should be.
///
/// The message is one line for the person at the keyboard: what was expected, what was found, what
/// to do. The command line prints it without a stack trace and ends with exit code 2.
public final class BadInput extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 2000;

  public BadInput(String message) {
    super(line(message));
  }

  public BadInput(String message, Throwable cause) {
    super(line(message), cause);
  }

  /// Names out of damaged files can hold anything; the message stays one line of readable length.
  private static String line(String message) {
    var line = message.replaceAll("\\p{Cntrl}+", " ");
    return line.length() > LONGEST ? line.substring(0, LONGEST) + " …" : line;
  }
}
