//! Where the head of a request ends, seen from the bytes alone.

use std::io;

/// Looks for the empty line that ends a head, across reads.
#[derive(Debug, Default)]
pub struct HeadWatch {
    /// The first bytes that are no line ends: empty lines before a request are skipped.
    start: Vec<u8>,
    /// Whether the last line has no byte but a carriage return so far.
    at_line_start: bool,
}

impl HeadWatch {
    /// Whether the head ends in these bytes, which follow those given before.
    ///
    /// # Errors
    /// `InvalidData` when the bytes open HTTP/2.
    pub fn ends_in(&mut self, bytes: &[u8]) -> io::Result<bool> {
        for &byte in bytes {
            match byte {
                b'\n' if self.at_line_start && !self.start.is_empty() => return Ok(true),
                b'\n' => self.at_line_start = true,
                b'\r' => {}
                _ => {
                    self.at_line_start = false;
                    if self.start.len() < 3 {
                        self.start.push(byte);
                        // HTTP/2 opens with `PRI`; no method of HTTP/1.1 does.
                        if self.start == b"PRI" {
                            return Err(io::ErrorKind::InvalidData.into());
                        }
                    }
                }
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::HeadWatch;

    fn ends(parts: &[&str]) -> Vec<Option<bool>> {
        let mut watch = HeadWatch::default();
        parts.iter().map(|part| watch.ends_in(part.as_bytes()).ok()).collect()
    }

    #[test]
    fn the_end_is_seen_across_reads() {
        assert_eq!(ends(&["GET / HTTP/1.1\r\nA: b\r", "\n\r", "\n"]), [Some(false), Some(false), Some(true)]);
        assert_eq!(ends(&["\r\n\r\n\r\n", "GET /\n", "\n"]), [Some(false), Some(false), Some(true)]);
        assert_eq!(ends(&["GET / HTTP/1.1\r\nA: b\r\n\tc\r\n"]), [Some(false)]);
    }

    #[test]
    fn the_opening_of_http2_is_told_from_methods() {
        assert_eq!(ends(&["P", "R", "I * HTTP/2.0"]), [Some(false), Some(false), None]);
        assert_eq!(ends(&["PUT / HTTP/1.1\r\nX: PRI\r\n\r\n"]), [Some(true)]);
    }
}
