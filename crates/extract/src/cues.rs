//! Words by which a block of text shows that it is no part of an article: data, by kind, in many languages.

use crate::words::{ABOUT, CONTINUE, CORRECTIONS, CUES, END_HEADINGS};
use firsthand_text::normalise::fold;
use foldhash::{HashMap, HashMapExt as _, HashSet};
use std::sync::OnceLock;

/// The kinds of cue words; each is a feature of the model: how many of its words a block has.
pub(crate) const KINDS: &[&str] = &[
    "cue:subscribe",
    "cue:share",
    "cue:comment",
    "cue:related",
    "cue:read",
    "cue:photo",
    "cue:copyright",
    "cue:advertisement",
    "cue:published",
    "cue:by",
    "cue:editor",
    "cue:watch",
    "cue:contact",
    "cue:terms",
    "cue:donate",
    "cue:tags",
    "cue:author",
    "cue:us",
    "cue:you",
    "cue:click",
    "cue:free",
    "cue:network",
    "cue:agency",
    "cue:more",
];

/// Words of each kind.
const WORDS: &[&str] = &[
    "newsletter newsletters subscribe subscribed subscriber subscribers subscription subscriptions signup inbox abonnieren abonnement abonnements abonnez abonner abonne abonnes inscrivez suscribete suscribase suscripcion suscriptores iscriviti abbonati abbonamento assine assinante inscreva abonneer nieuwsbrief prenumerera nyhetsbrev tilmeld nyhedsbrev abonner tilaa uutiskirje zapisz subskrybuj prenumerata odebirejte podpiska podpisyvajtes подписывайтесь подпишитесь подписка подписаться рассылка abone bulten εγγραφειτε",
    "share shares sharing teilen partager partagez comparte compartir compartilhe condividi delen deel dela udostepnij sdilet del jaa поделиться поделитесь paylas",
    "comment comments commenting kommentar kommentare kommentieren commentaire commentaires commenter comentario comentarios comentar commento commenti commenta reacties reageer reageren kommentarer komentarz komentarze komentare комментарии комментарий yorum yorumlar discussion moderated moderation replies reply",
    "related recommended trending popular relacionadas relacionados relacionado verwandte correlati simili similaires polecane powiazane рекомендуем похожие ilgili gerelateerd relaterade",
    "read reading lesen lire lisez leer lea lee leggi leggere leia lees lezen las laes lue czytaj przeczytaj читайте читать okuyun cetete dowiedz continue weiterlesen",
    "photo photos photograph photographer photographed image images picture pictured pictures getty shutterstock alamy unsplash istock credit foto fotos bild bilder fotograf imagen imago dpa photographe fotografia immagine imagem zdjecie фото kuva foto:dpa reuters/ screenshot illustration caption courtesy gallery slideshow",
    "copyright rights reserved © reproduction reproduced republished republish rechte vorbehalten reserves droits derechos reservados diritti riservati direitos prawa zastrzezone права защищены",
    "advertisement advertisements advertising advertise sponsored sponsor affiliate commission anzeige werbung publicite publicidad pubblicita publicidade advertentie annons annonce mainos reklama reklam реклама promoted promotion",
    "published updated posted modified edited originally appeared publie actualise modifie veroffentlicht aktualisiert stand erschienen publicado actualizado pubblicato aggiornato atualizado gepubliceerd bijgewerkt publicerad uppdaterad publisert oppdatert opublikowano aktualizacja опубликовано обновлено guncelleme",
    "by von par por di door av af od autor auteur autore автор written words reporting reported writing",
    "editor editors editing edited correction corrections clarification note contributed contributor contributors reporter reporters correspondent redaktion redakteur redaction redazione redaccion redacao",
    "watch listen video podcast episode stream youtube spotify live audio ansehen horen regarder ecouter ver escuchar guarda ascolta assista ouca bekijk luister titta zobacz смотрите слушайте izle transcript",
    "email e-mail mail contact phone tel telephone address call tip tips feedback kontakt correo contacto contatti contato @ reach",
    "terms privacy policy cookies cookie consent agree disclaimer conditions datenschutz agb nutzungsbedingungen impressum confidentialite privacidad terminos opinions views endorse endorsed responsibility expressed advice",
    "donate donation donations support supporting supporters membership member members join charity nonprofit spenden unterstutzen soutenez soutenir apoya sostieni apoie steun",
    "tags tag topics topic filed categories category keywords labels schlagworte themen stichworte etiquetas temas tematy теги mots-cles argomenti tagged",
    "author authors writer journalist columnist autorin professor founder freelance expert specializes covers bio passionate degree graduated ecrivain journaliste periodista giornalista jornalista redakteurin",
    "our us we wir uns unser unsere unserer unseren nous notre nos nosotros nuestro nuestra nuestros nuestras noi nostro nostra nostri nosso nossa ons onze oss var vara nasz nasza nas мы нас наш наши biz",
    "you your yours sie ihr ihre ihren ihnen du dein deine vous votre vos tu tus su ustedes usted voi vostro tuo voce seu sua je jouw uw ditt din twoj twoje вы вас ваш ваши siz",
    "click here tap visit link links button download app view see browse explore discover learn find hier klicken klick ici cliquez aqui clic clique klik klicka kliknij здесь нажмите",
    "free gratis trial offer offers deal deals discount save sale price buy shop order kostenlos angebot angebote kaufen offre gratuit oferta offerta bestellen jetzt now today limited exclusive join",
    "facebook twitter instagram whatsapp telegram linkedin pinterest tiktok youtube snapchat reddit follow following followers folgen suivez suivre siga siguenos seguici volg folj",
    "reuters ap afp associated press dpa ansa efe xinhua pti wire agencies agency bloomberg newswire",
    "more mehr plus mas altro mais meer mer wiecej еще more> also auch aussi tambien anche tambem ook ocksa takze также next previous see siehe voir ver vedi veja zie",
];

/// The same where words are not parted by spaces: looked for anywhere in a short block.
const ANYWHERE: &[(&str, usize)] = &[
    ("相关", 3),
    ("関連", 3),
    ("관련", 3),
    ("推荐", 3),
    ("推薦", 3),
    ("おすすめ", 3),
    ("分享", 1),
    ("シェア", 1),
    ("공유", 1),
    ("评论", 2),
    ("評論", 2),
    ("コメント", 2),
    ("댓글", 2),
    ("订阅", 0),
    ("訂閱", 0),
    ("登録", 0),
    ("구독", 0),
    ("编辑", 10),
    ("編輯", 10),
    ("責任編輯", 10),
    ("记者", 9),
    ("記者", 9),
    ("기자", 9),
    ("来源", 9),
    ("來源", 9),
    ("版权", 6),
    ("版權", 6),
    ("無断転載", 6),
    ("무단", 6),
    ("저작권", 6),
    ("广告", 7),
    ("廣告", 7),
    ("広告", 7),
    ("광고", 7),
    ("阅读", 4),
    ("閱讀", 4),
    ("続きを読む", 4),
    ("点击", 19),
    ("點擊", 19),
    ("更多", 23),
    ("もっと見る", 23),
    ("더보기", 23),
    ("图片", 5),
    ("圖片", 5),
    ("写真", 5),
    ("사진", 5),
    ("摄", 5),
    ("更新", 8),
    ("发布", 8),
    ("発表", 8),
    ("入力", 8),
    ("입력", 8),
    ("微信", 21),
    ("اقرأ", 4),
    ("شارك", 1),
    ("تعليق", 2),
    ("اشترك", 0),
    ("ذات صلة", 3),
    ("المزيد", 23),
    ("إعلان", 7),
    ("حقوق", 6),
    ("תגובות", 2),
    ("שתפו", 1),
    ("קרא עוד", 4),
    ("כתבות", 3),
    ("यह भी पढ़ें", 4),
    ("शेयर", 1),
    ("सब्सक्राइब", 0),
    ("और पढ़ें", 4),
    ("বিজ্ঞাপন", 7),
    ("আরও পড়ুন", 4),
    ("อ่านเพิ่มเติม", 4),
    ("ข่าวที่เกี่ยวข้อง", 3),
    ("แชร์", 1),
];

/// The words as [`fold`] gives them: Cyrillic and Korean letters fall apart there.
struct Folded {
    words: HashMap<String, u32>,
    anywhere: Vec<(String, usize)>,
    begins: HashSet<String>,
    ends: HashSet<String>,
    onward: HashSet<String>,
    corrections: Vec<String>,
    about: Vec<String>,
}

fn folded() -> &'static Folded {
    static FOLDED: OnceLock<Folded> = OnceLock::new();
    FOLDED.get_or_init(|| {
        let mut words = HashMap::new();
        for (kind, list) in WORDS.iter().enumerate() {
            for word in list.split(' ').filter(|word| !word.is_empty()) {
                *words.entry(fold(word)).or_insert(0) |= 1 << kind;
            }
        }
        let set = |list: &[&str]| list.iter().map(|phrase| fold(phrase)).collect();
        Folded {
            words,
            anywhere: ANYWHERE.iter().map(|(part, kind)| (fold(part), *kind)).collect(),
            begins: set(CUES),
            ends: set(END_HEADINGS),
            onward: set(CONTINUE),
            corrections: CORRECTIONS.iter().map(|phrase| fold(phrase)).collect(),
            about: ABOUT.iter().map(|phrase| fold(phrase) + " ").collect(),
        }
    })
}

/// How many words of each kind a folded text has, of its first `limit` words.
pub(crate) fn count(text: &str, limit: usize) -> [u8; KINDS.len()] {
    let mut out = [0_u8; KINDS.len()];
    let mut add = |kinds: u32| {
        for (kind, held) in out.iter_mut().enumerate() {
            if kinds >> kind & 1 == 1 {
                *held = held.saturating_add(1);
            }
        }
    };
    let known = folded();
    for word in text
        .split(|character: char| !(character.is_alphanumeric() || matches!(character, '-' | '@' | '©')))
        .filter(|word| !word.is_empty())
        .take(limit)
    {
        if let Some(kinds) = known.words.get(word) {
            add(*kinds);
        } else if word.len() > 1 && word.contains('@') {
            add(1 << 12);
        }
    }
    if !text.is_ascii() && text.chars().nth(160).is_none() {
        for (part, kind) in &known.anywhere {
            if text.contains(part.as_str()) {
                add(1 << kind);
            }
        }
    }
    out
}

/// Whether a folded text begins with a phrase of furniture ("read more"), as whole words.
pub(crate) fn begins_like_furniture(text: &str) -> bool {
    const LONGEST: usize = 48;
    let begins = &folded().begins;
    let mut ends = text.char_indices().map(|(place, _)| place).chain([text.len()]).skip(1);
    ends.by_ref().take_while(|end| *end <= LONGEST).any(|end| {
        let (start, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        !rest.starts_with(char::is_alphanumeric) && begins.contains(start)
    })
}

/// Whether a folded heading is about the outlet, its company or its authors.
pub(crate) fn is_about(text: &str) -> bool {
    folded().about.iter().any(|start| text.starts_with(start.as_str()))
}

/// Whether a folded text is a heading after which no article goes on.
pub(crate) fn is_end_heading(text: &str) -> bool {
    folded().ends.contains(text)
}

/// Whether a folded text is the words of a link to the rest of the text.
pub(crate) fn is_onward(text: &str) -> bool {
    folded().onward.contains(text)
}

/// Whether a folded text begins as a note of a correction does.
pub(crate) fn is_correction(text: &str) -> bool {
    let text = text.trim_start_matches(|character: char| !character.is_alphanumeric());
    folded().corrections.iter().any(|phrase| text.starts_with(phrase.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<&'static str> {
        let counts = count(&fold(text), 40);
        KINDS.iter().zip(counts).filter(|(_, count)| *count > 0).map(|(kind, _)| *kind).collect()
    }

    #[test]
    fn cue_words_are_counted_in_many_languages() {
        assert_eq!(kinds("Subscribe"), ["cue:subscribe"]);
        assert_eq!(kinds("Kommentare"), ["cue:comment"]);
        assert_eq!(kinds("相关文章"), ["cue:related"]);
        assert_eq!(kinds("Поделиться"), ["cue:share"]);
        assert!(kinds("The bridge was closed").is_empty());
    }

    #[test]
    fn phrases_are_found_as_whole_words() {
        assert_eq!(WORDS.len(), KINDS.len());
        assert!(begins_like_furniture(&fold("Read more: the ferry")));
        assert!(begins_like_furniture(&fold("Читайте также: паром")));
        assert!(!begins_like_furniture(&fold("Readers of the moreover")));
        assert!(is_correction(&fold("*Korrektur: In einer früheren Fassung stand eine andere Zahl.")));
        assert!(!is_correction(&fold("Correction fluid was spilt on the quay.")));
        assert!(is_end_heading(&fold("Related articles")) && is_onward(&fold("Read More")));
    }
}
