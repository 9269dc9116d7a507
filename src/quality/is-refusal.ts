/** Whoever refuses does so in a few sentences; a longer answer goes on to help. */
const MOST_CHARS = 400;

/**
 * Words with which models refuse a request as such. Each needs the model itself, that it cannot or will not, and a verb
 * of helping: "I can't believe it" and "Sorry for the delay" are answers. What is missed is an answer as it was before
 * there was a check; what is wrongly found costs a second call. docs/quality.md has the figures.
 */
const BEGINNINGS: readonly RegExp[] = [
  // English
  /^(?:(?:i['’]m|i am) (?:very |so |really )?(?:sorry|afraid)|sorry|apologies|i apologi[sz]e|unfortunately)?[,.; ]*(?:but )?(?:as an ai(?: language model| assistant)?,? )?i(?:['’]m| am)? (?:can['’]?t|cannot|can not|won['’]?t|will not|am unable to|['’]m unable to|unable to|not able to|not comfortable|am not comfortable)(?: (?:to|with))? (?:help|assist|comply|fulfill?|fulfil|provide|support|engage|participate|discuss|generate|create|creating|providing|write|writing|continue with|do) (?:you )?(?:with|in|that|this|to|your|any|content|such|information|instructions|on)\b/,
  /^(?:i['’]m|i am) sorry,? but i (?:can['’]?t|cannot) (?:help|assist|do (?:that|this))[.!]/,
  /^i must (?:respectfully )?decline (?:to (?:answer|help|assist|provide|engage)|(?:this|that|your) request)\b/,
  // German
  /^(?:es tut mir leid|tut mir leid|entschuldigung|leider)?[,.; ]*(?:aber )?(?:ich kann|kann ich|das kann ich) (?:ihnen |dir )?(?:dabei |damit |bei dieser |diese |diesen |dieser |ihre |deine )?(?:anfrage |bitte )?(?:leider )?nicht (?:weiter)?(?:helfen|beantworten|erfüllen|bearbeiten|unterstützen|behilflich sein)\b/,
  // French
  /^(?:(?:je suis )?désolée?|je regrette)[,.; ]*(?:mais )?je ne (?:peux|suis) pas (?:en mesure |capable )?(?:de |d['’])?(?:vous |t['’])?(?:y )?(?:aider|répondre à (?:cette|votre)|fournir|satisfaire|accéder)/,
  // Spanish
  /^(?:lo siento|lo lamento|perdón)[,.; ]*(?:pero )?no puedo (?:ayudar(?:te|le)?|asistir(?:te|le)?|cumplir|proporcionar|responder a (?:esa|esta))/,
  // Portuguese
  /^(?:sinto muito|desculpe|desculpa|lamento)[,.; ]*(?:mas )?(?:eu )?não posso (?:ajudar|atender|fornecer|responder a (?:essa|esta)|cumprir)/,
  // Italian
  /^(?:mi dispiace|mi spiace|spiacente)[,.; ]*(?:ma )?non posso (?:aiutar(?:ti|la|vi)?|assister(?:ti|la)|fornire|soddisfare|rispondere a questa)/,
  // Dutch
  /^(?:het spijt me|sorry|helaas)[,.; ]*(?:maar )?(?:ik kan|kan ik) (?:je |u )?(?:daar |hier)?(?:bij |mee )?(?:met deze vraag |met dit verzoek )?niet (?:mee |bij )?(?:helpen|voldoen)/,
  // Polish, Russian
  /^(?:przykro mi|przepraszam)[,.; ]*(?:ale )?nie mogę (?:ci |panu |pani )?(?:w tym )?(?:pomóc|spełnić)/,
  /^(?:извините|простите|к сожалению|мне жаль)[,.; ]*(?:но )?я не (?:могу|смогу) (?:вам |тебе )?(?:с этим |в этом )?(?:помочь|выполнить|предоставить)/,
  // Japanese, Chinese, Korean
  /^(?:申し訳(?:ありません|ございません)|すみません)(?:が)?[、。 ]*(?:その|この|ご)?(?:ような)?(?:リクエスト|要望|要求|依頼|質問|ご要望|ご依頼|ご質問)(?:には|に|は)(?:お応え|お答え|対応|応じること)(?:することは|することが|は|が)?(?:でき(?:ません|かねます)|いたしかねます)/,
  /^(?:很?抱歉|对不起|對不起|不好意思)[,,。 ]*(?:但)?我(?:无法|無法|不能)(?:协助|協助|帮助|幫助|提供|满足|滿足|回答(?:这|這|该|該)|完成(?:这|這|该|該))/,
  /^(?:죄송하지만|죄송합니다)[,. ]*(?:하지만 )?(?:그|이|해당|그런|이런)? ?(?:요청|질문|부탁)(?:은|에는|을|에) ?(?:도와드릴 수 없|응할 수 없|들어드릴 수 없|답변할 수 없|답변드릴 수 없)/,
];

/** Does a short answer begin as refusals do? */
export function isRefusal(text: string): boolean {
  const begins = text.trim();
  if (begins.length > MOST_CHARS) return false;
  const low = begins.toLowerCase();
  return BEGINNINGS.some((beginning) => beginning.test(low));
}
