//! SOAP 1.1 services that are not ours: PHP's ext-soap with a header that signs in, and spyne's.

use super::*;

fn base(name: &str, port: u16) -> String {
    std::env::var(name).unwrap_or_else(|_| format!("http://127.0.0.1:{port}"))
}

/// One person of the made-up register of PHP's service.
fn register(nik: &str, key: &str) -> Arc<Connector> {
    let source = format!(
        "    soap:\n      endpoint: /nik.php\n      action: \"urn:kota:nik#CekNIK\"\n      ns: {{ n: \"urn:kota:nik\" }}\n\
         \x20     header: {{ \"n:Keamanan\": {{ \"n:user\": hub, \"n:kunci\": \"${{secret:app/key}}\" }} }}\n\
         \x20     body: {{ \"n:CekNIK\": {{ \"n:nik\": \"{nik}\" }} }}\n\
         \x20   select: CekNIKResponse\n    deletes: never\n    to: announcement\n\
         \x20   map: {{ id: kelurahan, title: nama }}\n"
    );
    connector(
        &base("DIVOS_REAL_PHP_SOAP", 18087),
        &source,
        &[("key", key)],
    )
}

#[tokio::test]
async fn a_service_of_php_is_read_with_its_header_and_its_faults_are_told() {
    let world = live(Arc::new(SystemClock));
    let known = register("3201010202850002", "rahasia");
    let (pages, error, _) = read(&known, Ask::default(), &world).await;
    assert_eq!(error, None);
    assert_eq!(
        (ids(&pages), titles(&pages)),
        (vec!["Cempaka".to_owned()], vec!["Budi Santoso".to_owned()])
    );
    for (connector, words) in [
        (register("1", "rahasia"), "NIK tidak ditemukan"),
        (
            register("3201010202850002", "salah-999"),
            "Kredensial salah",
        ),
    ] {
        let (_, error, _) = read(&connector, Ask::default(), &world).await;
        let error = error.expect("a fault");
        assert_eq!(error.code(), "soap_fault");
        let told = format!("{error} {error:?}");
        assert!(
            told.contains(words) && !told.contains("salah-999"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_service_of_spyne_is_read_and_its_fault_is_told() {
    let bills = |nop: &str| {
        let source = format!(
            "    soap:\n      endpoint: /\n      action: CekTagihan\n      ns: {{ p: \"urn:kota:pbb\" }}\n\
             \x20     body: {{ \"p:CekTagihan\": {{ \"p:nop\": \"{nop}\" }} }}\n\
             \x20   select: CekTagihanResponse.CekTagihanResult.TagihanPBB[*]\n    deletes: sweep\n    to: announcement\n\
             \x20   map: {{ id: tahun, title: \"concat(nop, ' ', jumlah | float)\", due_at: jatuhTempo | datetime }}\n"
        );
        connector(&base("DIVOS_REAL_SPYNE", 18088), &source, &[])
    };
    let world = live(Arc::new(SystemClock));
    let (pages, error, _) = read(&bills("320101000100100010"), Ask::default(), &world).await;
    assert_eq!(error, None);
    assert_eq!(ids(&pages), ["2025", "2026"]);
    assert_eq!(titles(&pages)[0], "320101000100100010 125000.5");
    let (_, error, _) = read(&bills("0"), Ask::default(), &world).await;
    assert_eq!(error.map(|error| error.code()), Some("soap_fault"));
}
