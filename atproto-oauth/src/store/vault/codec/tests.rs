use proptest::prelude::*;

use super::*;

fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.into_bytes().to_vec()
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        number: u64,
        bytes in proptest::collection::vec(any::<u8>(), 0..5_000),
        text in ".{0,200}",
        perhaps in proptest::option::of(any::<u64>()),
        flag: bool,
    ) {
        let all = written(|out| {
            out.number(number);
            out.bytes(&bytes);
            out.text(&text);
            out.option(perhaps, Writer::number);
            out.flag(flag);
            out.array(&[7; 32]);
        });
        let interner = Interner::default();
        let mut input = Reader::new(&all, &interner);
        prop_assert_eq!(input.number().unwrap(), number);
        prop_assert_eq!(input.bytes().unwrap(), &bytes[..]);
        prop_assert_eq!(input.text().unwrap(), text);
        prop_assert_eq!(input.option(Reader::number).unwrap(), perhaps);
        prop_assert_eq!(input.flag().unwrap(), flag);
        prop_assert_eq!(input.array::<32>().unwrap(), [7; 32]);
        prop_assert!(input.end().is_ok());
    }

    #[test]
    fn a_number_has_one_form(bytes in proptest::collection::vec(any::<u8>(), 1..12)) {
        let interner = Interner::default();
        let mut input = Reader::new(&bytes, &interner);
        if let Ok(number) = input.number() {
            let used = bytes.len() - input.rest.len();
            prop_assert_eq!(written(|out| out.number(number)), &bytes[..used]);
        }
    }
}

#[test]
fn never_reads_past_the_end() {
    let interner = Interner::default();
    let huge = written(|out| out.number(u64::MAX));
    assert_eq!(huge.len(), 10);
    assert!(Reader::new(&huge, &interner).bytes().is_err());
    assert!(Reader::new(&[5, 1, 2], &interner).bytes().is_err());
    assert!(Reader::new(&[0; 31], &interner).array::<32>().is_err());
    assert!(Reader::new(&[], &interner).byte().is_err());
    assert!(Reader::new(&[0x80; 20], &interner).number().is_err());
    assert!(Reader::new(&[2], &interner).flag().is_err());
    assert!(Reader::new(&[1, 0xff], &interner).text().is_err());
    assert!(Reader::new(&[0], &interner).end().is_err());
}
