//! One recorded request, parsed only as far as a test needs.

/// One request as it came over the wire.
#[derive(Clone)]
pub(crate) struct Request(Vec<u8>);

impl Request {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Method and target: `GET /shapes?a=b`.
    pub(crate) fn line(&self) -> String {
        let head = self.head();
        let line = head.lines().next().unwrap_or_default();
        line.strip_suffix(" HTTP/1.1").unwrap_or(line).to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.head().lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.0[self.head_length() + 4..]
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body().to_vec()).unwrap()
    }

    fn head(&self) -> String {
        String::from_utf8(self.0[..self.head_length()].to_vec()).unwrap()
    }

    fn head_length(&self) -> usize {
        head_length(&self.0).unwrap()
    }
}

fn head_length(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n")
}

/// The length of a whole request, once its head is there.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let head = head_length(bytes)?;
    let announced = Request::new(bytes.to_vec()).header("content-length");
    Some(head + 4 + announced.map_or(0, |text| text.parse().unwrap()))
}
