//! Random names: NSIDs, services, media types. Most are valid.

use super::generator::Generator;

impl Generator {
    pub(super) fn nsid(&mut self) -> String {
        if self.small || self.one_in(3) {
            let names = [
                "a.b.c",
                "a.b.d",
                "a.b.c.d",
                "a.b.C",
                "chat.bsky.convo.get",
                "chat.bskyx.y",
            ];
            return self.pick(&names).to_owned();
        }
        let count = if self.one_in(30) {
            2 + self.below(8)
        } else {
            3 + self.below(4)
        };
        let long = self.one_in(25);
        let segments: Vec<_> = (0..count).map(|_| self.segment(long)).collect();
        segments.join(".")
    }

    fn segment(&mut self, long: bool) -> String {
        let rng = &mut self.rng;
        if long {
            // Seldom too long alone; often too long together.
            return (0..rng.usize(45..65)).map(|_| rng.lowercase()).collect();
        }
        let length = rng.usize(1..9);
        let mut letter = || match rng.u8(..40) {
            0 => '-',
            1..4 => rng.digit(10),
            4..9 => rng.uppercase(),
            _ => rng.lowercase(),
        };
        (0..length).map(|_| letter()).collect()
    }

    pub(super) fn audience(&mut self, star: usize) -> String {
        if self.one_in(star) {
            return "*".to_owned();
        }
        if self.small {
            return self
                .pick(&["did:web:x#s", "did:web:x#t", "did:web:y.z#s"])
                .to_owned();
        }
        let did = match self.below(16) {
            0..5 => "did:plc:ewvi7nxzyoun6zhxrhs64oiz".to_owned(),
            5..9 => "did:web:api.example.com".to_owned(),
            9 => format!("did:web:localhost%3A{}", self.rng.u32(1..70_000)),
            10 => format!("did:web:{}", self.nsid()),
            11 => format!("did:plc:{}", self.segment(false)),
            _ => {
                let forms = [
                    "did:web:localhost",
                    "did:web:x.y:user",
                    "did:web:x.y%3A80",
                    "did:web:X.Y",
                    "did:web:1.2.3.4.5",
                    "did:key:zQ3sh",
                    "did:m1:x",
                    "did:web:",
                    "did:web:x%4",
                    "web:x",
                ];
                self.pick(&forms).to_owned()
            }
        };
        let fragment = self.fragment();
        if self.one_in(40) {
            did
        } else {
            format!("{did}#{fragment}")
        }
    }

    fn fragment(&mut self) -> String {
        let marks: Vec<char> = "-._~!$&'()*+,;=:@/?%#^\" ".chars().collect();
        let length = self.below(10);
        (0..length)
            .map(|_| {
                if self.one_in(12) {
                    marks[self.below(marks.len())]
                } else {
                    self.rng.alphanumeric()
                }
            })
            .collect()
    }

    pub(super) fn media(&mut self) -> String {
        let names = [
            "*/*",
            "image/*",
            "image/png",
            "IMAGE/Png",
            "image/jpeg",
            "text/*",
            "text/html",
            "image/svg+xml",
            "video/mp4",
            "application/vnd.a-b_c!d",
        ];
        if self.small || !self.one_in(4) {
            return self.pick(&names).to_owned();
        }
        let marks: Vec<char> = "!#$&-^_.+/*;=%,@ ".chars().collect();
        let mut half = || {
            let long = self.one_in(30);
            let length = if long {
                125 + self.below(5)
            } else {
                1 + self.below(6)
            };
            let mut half: String = (0..length).map(|_| self.rng.alphanumeric()).collect();
            if self.one_in(3) {
                let at = self.below(length);
                half.replace_range(at..=at, &marks[self.below(marks.len())].to_string());
            }
            half
        };
        format!("{}/{}", half(), half())
    }
}
