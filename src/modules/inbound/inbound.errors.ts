import { defineProblems } from '../../gateway/index.js';

defineProblems({
  inbound_number_not_found: {
    en: 'There is no such number',
    ru: 'Такого номера нет',
    pl: 'Nie ma takiego numeru',
    el: 'Δεν υπάρχει τέτοιος αριθμός',
  },
  inbound_number_taken: {
    en: 'This number belongs to an account already',
    ru: 'Этот номер уже принадлежит аккаунту',
    pl: 'Ten numer należy już do konta',
    el: 'Αυτός ο αριθμός ανήκει ήδη σε λογαριασμό',
  },
});
